import AspenModel

/// A line of the controller's log for people.
enum LogText {
  /// `2026-09-21T13:20:00.000Z info camera added request_id=r-1`
  static func line(_ json: JSONValue) -> String {
    let head = ["at", "level", "message"].map { json[$0]?.text ?? "-" }
    let fields = (json["fields"]?.members ?? []).map { "\($0.name)=\(text($0.value))" }
    return TerminalText.line((head + fields).joined(separator: " ")) + "\n"
  }

  /// A value that is more than a word is quoted.
  private static func text(_ value: JSONValue) -> String {
    guard let text = value.text else { return value.serializedText }
    let isWord = !text.isEmpty && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
    return isWord ? text : value.serializedText
  }
}
