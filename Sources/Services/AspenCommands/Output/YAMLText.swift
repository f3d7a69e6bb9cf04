import AspenModel

/// Writes a JSON document as YAML 1.2 that a YAML 1.1 reader reads alike: block style, and quotes
/// around every text that is not surely plain.
enum YAMLText {
  /// The document, ending with a newline.
  static func write(_ value: JSONValue) -> String {
    var lines: [String] = []
    switch value {
    case .array, .object:
      if let scalar = inline(value) { lines.append(scalar) } else { block(value, 0, &lines) }
    default: lines.append(inline(value) ?? "")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The value when it fits behind a key: a scalar, or an empty list or object.
  private static func inline(_ value: JSONValue) -> String? {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): text(number)
    case .string(let string): scalar(string)
    case .array(let elements): elements.isEmpty ? "[]" : nil
    case .object(let members): members.isEmpty ? "{}" : nil
    }
  }

  private static func block(_ value: JSONValue, _ depth: Int, _ lines: inout [String]) {
    let indent = String(repeating: "  ", count: depth)
    for member in value.members ?? [] {
      let key = indent + scalar(member.name) + ":"
      if let text = inline(member.value) {
        lines.append(key + " " + text)
      } else {
        lines.append(key)
        block(member.value, depth + 1, &lines)
      }
    }
    for element in value.elements ?? [] {
      if let text = inline(element) {
        lines.append(indent + "- " + text)
      } else {
        // The element's first line goes behind the dash, which takes the place of its indentation.
        let first = lines.count
        block(element, depth + 1, &lines)
        lines[first] = indent + "- " + lines[first].dropFirst(indent.count + 2)
      }
    }
  }

  /// YAML 1.1 takes `1e+20` for a text; a point makes it a number.
  private static func text(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    let text = String(number)
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  /// Words that some YAML reader takes for something other than a text.
  private static let reserved: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null",
  ]

  /// A letter, then letters, digits, `_ - . / =` and single blanks between them.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.last != 0x20,
      !reserved.contains(text.lowercased())
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x5F, 0x2D, 0x2E, 0x2F, 0x20: true
      default: isLetter(byte)
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where mustEscape(scalar):
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// What YAML does not count as printable, or as the end of a line. All have four digits at most.
  private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
