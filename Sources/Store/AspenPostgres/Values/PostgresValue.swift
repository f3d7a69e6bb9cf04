/// A parameter of a statement. PostgreSQL infers the parameter's type from where it stands; a cast in
/// the SQL (`$1::bigint[]`) decides where it cannot.
package enum PostgresValue: Sendable, Hashable {
  case null
  /// Also fits every type that has a text form: `timestamptz`, `inet`, `interval`, enumerations.
  case text(String)
  case int(Int64)
  case bool(Bool)
  case double(Double)
  /// `bytea`, sent in binary.
  case bytes([UInt8])
  /// A JSON document as text, for `json` and `jsonb`.
  case json(String)
  case textArray([String])
  case intArray([Int64])

  /// A text, or null.
  package static func optional(_ text: String?) -> PostgresValue {
    text.map { .text($0) } ?? .null
  }

  /// A whole number, or null.
  package static func optional(_ number: Int64?) -> PostgresValue {
    number.map { .int($0) } ?? .null
  }

  /// A truth value, or null.
  package static func optional(_ flag: Bool?) -> PostgresValue {
    flag.map { .bool($0) } ?? .null
  }

  /// Whether the value travels in PostgreSQL's binary form.
  var isBinary: Bool {
    if case .bytes = self { true } else { false }
  }

  /// Appends the value as libpq sends it; false for null. Text forms of PostgreSQL 15, chapter 8.
  func encode(into buffer: inout [UInt8]) -> Bool {
    switch self {
    case .null: return false
    case .text(let text), .json(let text): buffer += text.utf8
    case .int(let number): buffer += String(number).utf8
    case .bool(let flag): buffer.append(flag ? 0x74 : 0x66)
    case .double(let number): buffer += Self.text(of: number).utf8
    case .bytes(let bytes): buffer += bytes
    case .textArray(let texts): Self.encodeArray(texts, into: &buffer)
    case .intArray(let numbers):
      buffer.append(0x7B)
      for (index, number) in numbers.enumerated() {
        if index > 0 { buffer.append(0x2C) }
        buffer += String(number).utf8
      }
      buffer.append(0x7D)
    }
    return true
  }

  private static func text(of number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return String(number)
  }

  /// An array literal (8.15.2): every element quoted, `"` and `\` escaped.
  private static func encodeArray(_ texts: [String], into buffer: inout [UInt8]) {
    buffer.append(0x7B)
    for (index, text) in texts.enumerated() {
      if index > 0 { buffer.append(0x2C) }
      buffer.append(0x22)
      for byte in text.utf8 {
        if byte == 0x22 || byte == 0x5C { buffer.append(0x5C) }
        buffer.append(byte)
      }
      buffer.append(0x22)
    }
    buffer.append(0x7D)
  }
}
