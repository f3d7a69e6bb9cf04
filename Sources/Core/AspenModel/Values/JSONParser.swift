/// Reads one JSON document (RFC 8259) in one pass over its bytes, in time linear in their number.
///
/// Stricter than the RFC demands: no byte order mark, no member name twice in one object, nesting of
/// at most `maxDepth`, numbers within the range of `Double`.
struct JSONParser {
  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0

  /// Deeper documents are refused, since each level takes stack.
  static let maxDepth = 128

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The document; anything but white space after it is an error.
  mutating func document() throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    let result = try value()
    skipWhiteSpace()
    if index < bytes.count { throw error("expected the end of the text") }
    return result
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch peek {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"): return try number()
    case let digit? where (0x30...0x39).contains(digit): return try number()
    default: throw error("expected a value")
    }
  }

  private mutating func nested(
    _ read: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    if depth == Self.maxDepth { throw error("nested deeper than \(Self.maxDepth)") }
    depth += 1
    defer { depth -= 1 }
    index += 1
    return try read(&self)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members: [JSONValue.Member] = []
    skipWhiteSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipWhiteSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a member name") }
      let name = try string()
      skipWhiteSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
      skipWhiteSpace()
      members.append(JSONValue.Member(name, try value()))
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
    members.sort { $0.name < $1.name }
    for (left, right) in zip(members, members.dropFirst()) where left.name == right.name {
      throw error("has the member '\(left.name.prefix(64))' twice")
    }
    return .object(members)
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      skipWhiteSpace()
      elements.append(try value())
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
    return .array(elements)
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    for byte in word.description.utf8 where !take(byte) { throw error("expected a value") }
    return value
  }

  // MARK: - Strings

  private mutating func string() throws(JSONError) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        guard let result = String(validating: text, as: UTF8.self) else {
          throw error("a string before here is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &text)
      case 0..<0x20: throw error("a control character must be escaped")
      default:
        text.append(byte)
        index += 1
      }
    }
    throw error("a string does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = peek else { throw error("a string does not end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      guard let scalar = Unicode.Scalar(try codePoint()) else {
        throw error("half of a surrogate pair")
      }
      text += String(scalar).utf8
    default: throw error("unknown escape")
    }
  }

  /// A UTF-16 code unit after `\u`, and the second one of a surrogate pair.
  private mutating func codePoint() throws(JSONError) -> UInt32 {
    let high = try codeUnit()
    guard (0xD800..<0xDC00).contains(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      return high
    }
    let low = try codeUnit()
    // A high surrogate alone is no scalar value, so the caller refuses it.
    guard (0xDC00..<0xE000).contains(low) else { return high }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      switch peek {
      case let digit? where (0x30...0x39).contains(digit): unit = unit << 4 | UInt32(digit - 0x30)
      case let digit? where (0x41...0x46).contains(digit): unit = unit << 4 | UInt32(digit - 0x37)
      case let digit? where (0x61...0x66).contains(digit): unit = unit << 4 | UInt32(digit - 0x57)
      default: throw error("expected four hexadecimal digits")
      }
      index += 1
    }
    return unit
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = index
    _ = take(UInt8(ascii: "-"))
    // A leading zero stands alone.
    if !take(UInt8(ascii: "0")) { try digits() }
    let wholeEnd = index
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if index == wholeEnd, let whole = Int64(text) { return .integer(whole) }
    guard let number = Double(text), number.isFinite else { throw error("a number is too large") }
    // 5.0 and 5e0 are whole numbers too.
    return Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
    if index == start { throw error("expected a digit") }
  }

  // MARK: - Bytes

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipWhiteSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private func error(_ problem: String) -> JSONError {
    let before = bytes[..<index]
    let line = before.count { $0 == 0x0A } + 1
    let column = index - (before.lastIndex(of: 0x0A) ?? -1)
    return JSONError(message: "is not valid JSON: \(problem) (line \(line), column \(column))")
  }
}
