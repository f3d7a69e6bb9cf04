extension CommandError {
  /// Many lines, cut after `maxLines` of them.
  init(_ status: CommandStatus, lines: [String], atMost maxLines: Int) {
    let rest = lines.count - maxLines
    self.init(
      status,
      lines: Array(lines.prefix(maxLines)) + (rest > 0 ? ["and \(rest) more"] : []))
  }

  /// An exit status without a word: the output has said it.
  static func silent(_ status: CommandStatus) -> CommandError {
    CommandError(status, lines: [])
  }
}
