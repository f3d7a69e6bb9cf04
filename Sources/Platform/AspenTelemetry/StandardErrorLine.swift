import Glibc

/// Standard error, a line a write, so that lines of several threads do not mix.
package enum StandardErrorLine {
  /// Writes `line` and a newline. A closed or full stderr loses the line, never the process.
  package static func write(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(0x0A)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
