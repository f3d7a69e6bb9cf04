package import AspenModel

/// Writes a JSON value as YAML 1.2 that YAML 1.1 reads alike: block style, short lists of words on one
/// line, long texts folded. Equal values give equal texts.
package enum YAMLText {
  /// Lines are folded and lists of words are broken here, where their words allow it.
  private static let width = 100

  /// The document, with `comment` above it.
  package static func write(_ json: JSONValue, comment: String = "") -> String {
    var lines = comment.split(separator: "\n").map { "# \($0)" }
    append(json, after: "", indent: 0, to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Appends a value whose line begins with `start` (`key:` or `-`, already indented).
  private static func append(
    _ json: JSONValue, after start: String, indent: Int, to lines: inout [String]
  ) {
    switch json {
    case .object(let members) where !members.isEmpty:
      appendMembers(members, after: start, indent: indent, to: &lines)
    case .array(let elements) where !elements.isEmpty:
      appendElements(elements, after: start, indent: indent, to: &lines)
    case .string(let text): appendText(text, after: start, indent: indent, to: &lines)
    default: lines.append(joined(start, scalar(json)))
    }
  }

  /// The first member of an element of a list stands on the line of its dash.
  private static func appendMembers(
    _ members: [JSONValue.Member], after start: String, indent: Int, to lines: inout [String]
  ) {
    let isElement = start.hasSuffix("-")
    if !isElement, !start.isEmpty { lines.append(start) }
    for (index, member) in members.enumerated() {
      let lead =
        isElement && index == 0 ? start + " " : String(repeating: " ", count: indent)
      append(
        member.value, after: lead + word(member.name) + ":", indent: indent + 2, to: &lines)
    }
  }

  private static func appendElements(
    _ elements: [JSONValue], after start: String, indent: Int, to lines: inout [String]
  ) {
    let words = elements.map(flowWord)
    if !words.contains(nil) {
      let line = joined(start, "[" + words.compactMap { $0 }.joined(separator: ", ") + "]")
      if line.count <= width { return lines.append(line) }
    }
    if !start.isEmpty { lines.append(start) }
    let dash = String(repeating: " ", count: indent) + "-"
    for element in elements { append(element, after: dash, indent: indent + 2, to: &lines) }
  }

  private static func joined(_ start: String, _ rest: String) -> String {
    start.isEmpty ? rest : "\(start) \(rest)"
  }

  private static func scalar(_ json: JSONValue) -> String {
    switch json {
    case .string(let text): word(text)
    case .array: "[]"
    case .object: "{}"
    case .null, .bool, .integer, .number: json.serializedText
    }
  }

  /// A scalar as it may stand in a list on one line.
  private static func flowWord(_ json: JSONValue) -> String? {
    switch json {
    case .string(let text): text.utf8.count <= 40 ? word(text, isInList: true) : nil
    case .null, .bool, .integer, .number: scalar(json)
    case .array, .object: nil
    }
  }

  // MARK: - Texts

  private static func appendText(
    _ text: String, after start: String, indent: Int, to lines: inout [String]
  ) {
    let oneLine = joined(start, word(text))
    let space = String(repeating: " ", count: indent)
    if let paragraph = blockLines(text), paragraph.count > 1 {
      lines.append(joined(start, "|-"))
      lines += paragraph.map { $0.isEmpty ? "" : space + $0 }
    } else if oneLine.count > width, let folded = foldedLines(text, width: width - indent) {
      lines.append(joined(start, ">-"))
      lines += folded.map { space + $0 }
    } else {
      lines.append(oneLine)
    }
  }

  /// The lines of a text that a literal block (`|-`) gives back as it was.
  private static func blockLines(_ text: String) -> [String]? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard isPrintable(text.replacing("\n", with: "")), let first = lines.first, !first.isEmpty,
      lines.last?.isEmpty == false, lines.allSatisfy({ $0.first != " " && $0.last != " " })
    else { return nil }
    return lines
  }

  /// The lines of a text that a folded block (`>-`) gives back as it was: words with one space between.
  private static func foldedLines(_ text: String, width: Int) -> [String]? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard isPrintable(text), words.allSatisfy({ !$0.isEmpty }) else { return nil }
    var lines: [String] = []
    var line = ""
    for word in words {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    return lines + [line]
  }

  /// A text on one line: bare if nobody can misread it, else in quotes.
  private static func word(_ text: String, isInList: Bool = false) -> String {
    if isPlain(text), !isInList || !text.contains(where: { ",{}".contains($0) }) { return text }
    if isPrintable(text) { return "'" + text.replacing("'", with: "''") + "'" }
    return quoted(text)
  }

  /// The text in double quotes, whatever cannot stand in a line by its number.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
      }
    }
    return result + "\""
  }

  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(isPrintable)
  }

  /// Printable for every version of YAML: ASCII, and letters beyond it.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: true
    case 0x2028, 0x2029: false
    case 0xA0...0xD7FF: true
    default: false
    }
  }

  /// Whether a text without quotes is that text for every reader. Digits at its beginning, a colon at the end
  /// of a word and whatever else begins something in YAML need quotes.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.unicodeScalars.last != " ",
      isLetter(first) || "/$_".unicodeScalars.contains(first),
      text.unicodeScalars.allSatisfy(isPlainScalar), !reserved.contains(text.lowercased())
    else { return false }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .allSatisfy { $0.last != ":" }
  }

  /// Words that YAML 1.1 reads as something else.
  private static let reserved: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null",
  ]

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isPlainScalar(_ scalar: Unicode.Scalar) -> Bool {
    isLetter(scalar) || ("0"..."9").contains(scalar)
      || " _-./+()$,;:'`=@*{}".unicodeScalars.contains(scalar)
  }
}
