import AspenModel

/// Which lines of a log were shown already. A controller begins with its newest lines at every connection.
struct LogProgress: Sendable {
  /// RFC 3339 with milliseconds, which sorts as the times do.
  private var newest = ""
  /// The lines of that time.
  private var shown: Set<JSONValue> = []

  /// Whether a line is to be shown, which it then was.
  mutating func isNew(_ line: JSONValue) -> Bool {
    guard let time = line["at"]?.text else { return true }
    if time < newest { return false }
    if time > newest {
      newest = time
      shown = []
    }
    return shown.insert(line).inserted
  }
}
