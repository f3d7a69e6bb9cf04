import Glibc

/// Standard output of a program, which people and pipes read.
package enum StandardOutput {
  /// Writes `line` and a newline at once. False when the reader is gone.
  @discardableResult
  package static func write(line: String) -> Bool {
    ProtectedFile.writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }

  /// Writes `text` as it is. False when the reader is gone.
  @discardableResult
  package static func write(_ text: String) -> Bool {
    ProtectedFile.writeAll(Array(text.utf8), to: STDOUT_FILENO)
  }
}
