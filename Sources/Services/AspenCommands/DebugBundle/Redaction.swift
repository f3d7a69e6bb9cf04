import AspenModel

/// Takes secrets out of documents that leave the house, on top of what the controller hides already:
/// by the names of fields, user and password in addresses, and what has the form of a token.
enum Redaction {
  /// Parts of names of fields that hold secrets, in small letters without `-` and `_`.
  private static let words = [
    "password", "passwd", "passphrase", "secret", "token", "credential", "authorization", "cookie",
    "privatekey", "apikey", "accesskey", "signature",
  ]

  /// The document without secrets.
  static func redacted(_ json: JSONValue) -> JSONValue {
    switch json {
    case .null, .bool, .integer, .number: json
    case .string(let text): .string(cleaned(text))
    case .array(let elements): .array(elements.map(redacted))
    case .object(let members): .object(members.map { .init($0.name, redacted($0.value, $0.name)) })
    }
  }

  /// Counts and switches whose names sound like secrets are none.
  private static func redacted(_ value: JSONValue, _ name: String) -> JSONValue {
    let word = name.lowercased().filter { $0 != "-" && $0 != "_" }
    guard words.contains(where: word.contains) else { return redacted(value) }
    switch value {
    case .null, .bool, .integer, .number: return value
    case .string, .array, .object: return "***"
    }
  }

  /// A text without users and passwords of addresses and without tokens.
  static func cleaned(_ text: String) -> String {
    let text = withoutTokens(withoutUserInformation(text), after: "aspen_", from: 24)
    return withoutTokens(withoutTokens(text, after: "Bearer "), after: "Basic ")
  }

  /// Words that begin with `prefix`, or come behind it, and have at least `minBytes` with it.
  private static func withoutTokens(
    _ text: String, after prefix: String, from minBytes: Int = 0
  ) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: prefix) {
      let end =
        rest[start.upperBound...].firstIndex {
          !($0.isLetter || $0.isNumber || "_.~+/=-".contains($0))
        }
        ?? rest.endIndex
      let isSecret = rest[start.lowerBound..<end].utf8.count >= minBytes && end > start.upperBound
      result += isSecret ? rest[..<start.upperBound] + "***" : rest[..<end]
      rest = rest[end...]
    }
    return result + rest
  }

  /// `rtsp://user:password@host` as `rtsp://***@host`, wherever it stands in a text.
  static func withoutUserInformation(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let scheme = rest.firstRange(of: "://") {
      result += rest[..<scheme.upperBound]
      rest = rest[scheme.upperBound...]
      let end = rest.firstIndex { "/?#\"'<>".contains($0) || $0.isWhitespace } ?? rest.endIndex
      if let at = rest[..<end].lastIndex(of: "@") {
        result += "***"
        rest = rest[at...]
      }
    }
    return result + rest
  }
}
