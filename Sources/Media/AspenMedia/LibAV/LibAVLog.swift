import CLibAV

/// libav's log lines, which would go to stderr: kept a line a thread, for explanations.
enum LibAVLog {
  private static let installed: Void = aspen_log_install()

  /// Takes the log over and forgets this thread's last line.
  static func begin() {
    installed
    aspen_log_clear()
  }

  /// The last error that libav logged on this thread, without credentials; empty if there is none.
  static func lastLine() -> String {
    scrubbed(String(cString: aspen_log_last_line()))
  }

  /// `line` on one line, with whatever may be `user:password@` removed.
  static func scrubbed(_ line: String) -> String {
    var result = ""
    for word in line.split(whereSeparator: \.isWhitespace) {
      if !result.isEmpty { result += " " }
      if let at = word.lastIndex(of: "@") {
        let start = word.firstRange(of: "//")?.upperBound ?? word.startIndex
        result += word[..<min(start, at)] + "***" + word[at...]
      } else {
        result += word
      }
    }
    return result
  }
}
