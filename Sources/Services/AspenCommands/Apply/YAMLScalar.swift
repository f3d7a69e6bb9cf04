import AspenModel

/// What a plain scalar of YAML stands for by the core schema of YAML 1.2 (10.3.2): `no`, `on` and
/// `12:30` are texts there, other than in YAML 1.1.
enum YAMLScalar {
  /// The value of an unquoted scalar; nil for a number that JSON cannot express.
  static func value(_ text: String) -> JSONValue? {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    let bytes = Array(text.utf8)
    if let whole = wholeNumber(text, bytes) { return whole }
    if isSpecialNumber(bytes) { return nil }
    guard isDecimal(bytes), let number = Double(text) else { return .string(text) }
    guard number.isFinite else { return nil }
    return Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }

  /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
  private static func wholeNumber(_ text: String, _ bytes: [UInt8]) -> JSONValue? {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(prefix) {
      let digits = text.dropFirst(2)
      guard !digits.isEmpty, digits.utf8.first != 0x2D, digits.utf8.first != 0x2B else {
        return nil
      }
      return Int64(digits, radix: radix).map { .integer($0) }
    }
    let digits = bytes.first == 0x2D || bytes.first == 0x2B ? bytes.dropFirst() : bytes[...]
    guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    return Int64(text).map { .integer($0) }
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isDecimal(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    func skipDigits() -> Int {
      let digits = rest.prefix(while: isDigit).count
      rest = rest.dropFirst(digits)
      return digits
    }
    if rest.first == 0x2D || rest.first == 0x2B { rest = rest.dropFirst() }
    var digits = skipDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      digits += skipDigits()
    }
    if digits == 0 { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == 0x2D || rest.first == 0x2B { rest = rest.dropFirst() }
      if skipDigits() == 0 { return false }
    }
    return rest.isEmpty
  }

  /// `[-+]?\.(inf|Inf|INF)` and `\.(nan|NaN|NAN)`.
  private static func isSpecialNumber(_ bytes: [UInt8]) -> Bool {
    let signed = bytes.first == 0x2D || bytes.first == 0x2B
    let word = String(decoding: signed ? bytes.dropFirst() : bytes[...], as: UTF8.self)
    return [".inf", ".Inf", ".INF"].contains(word)
      || !signed && [".nan", ".NaN", ".NAN"].contains(word)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
