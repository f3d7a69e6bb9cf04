import AspenModel

/// A page of the manual in roff (man(7)), made from the tree of commands: one for each command.
struct ManualPage: Sendable, Hashable {
  /// `["aspen", "camera", "add"]`
  let words: [String]
  let text: String

  /// `aspen-camera-add.1`
  var fileName: String { words.joined(separator: "-") + ".1" }

  /// The pages of a command and all below it, from the document that describes the tree.
  static func pages(of tree: JSONValue, version: String) -> [ManualPage] {
    guard let root = tree["command"] else { return [] }
    return pages(of: root, above: [], version)
  }

  private static func pages(
    of command: JSONValue, above: [String], _ version: String
  ) -> [ManualPage] {
    let words = above + [command["commandName"]?.text ?? ""]
    let below = children(of: command)
    return [ManualPage(words: words, text: text(of: command, words, below, version))]
      + below.flatMap { pages(of: $0, above: words, version) }
  }

  private static func children(of command: JSONValue) -> [JSONValue] {
    (command["subcommands"]?.elements ?? []).filter {
      $0["shouldDisplay"]?.flag != false && $0["commandName"]?.text != "help"
    }
  }

  private static func text(
    of command: JSONValue, _ words: [String], _ below: [JSONValue], _ version: String
  ) -> String {
    let name = words.joined(separator: "-")
    let arguments = (command["arguments"]?.elements ?? []).filter {
      $0["shouldDisplay"]?.flag != false
    }
    var roff = Roff()
    roff.request(".TH \"\(name.uppercased())\" \"1\" \"\" \"ASPEN \(version)\" \"ASPEN\"")
    roff.section("NAME")
    roff.line("\(name) - \(command["abstract"]?.text ?? "")")
    roff.section("SYNOPSIS")
    roff.request(".B \(Roff.escaped(words.joined(separator: " ")))")
    roff.line(synopsis(arguments, hasCommands: !below.isEmpty))
    if let discussion = command["discussion"]?.text {
      roff.section("DESCRIPTION")
      roff.verbatim(discussion)
    }
    for (title, group) in sections(arguments) {
      roff.section(title)
      for argument in group { roff.item(label(of: argument), explanation(of: argument)) }
    }
    if !below.isEmpty {
      roff.section("COMMANDS")
      for child in below {
        let childName = child["commandName"]?.text ?? ""
        roff.item("\(name)-\(childName)(1)", child["abstract"]?.text ?? "")
      }
    }
    if words.count > 1 {
      roff.section("SEE ALSO")
      roff.line("\(words.dropLast().joined(separator: "-"))(1)")
    }
    return roff.text
  }

  private static func synopsis(_ arguments: [JSONValue], hasCommands: Bool) -> String {
    var parts = arguments.contains { $0["kind"]?.text != "positional" } ? ["[OPTIONS]"] : []
    for argument in arguments where argument["kind"]?.text == "positional" {
      let name = (argument["valueName"]?.text ?? "").uppercased()
      let repeated = name + (argument["isRepeating"]?.flag == true ? " ..." : "")
      parts.append(argument["isOptional"]?.flag == true ? "[\(repeated)]" : repeated)
    }
    return (parts + (hasCommands ? ["COMMAND"] : [])).joined(separator: " ")
  }

  /// The arguments by their titles, in the order in which the titles come up.
  private static func sections(
    _ arguments: [JSONValue]
  ) -> [(title: String, arguments: [JSONValue])] {
    var sections: [(title: String, arguments: [JSONValue])] = []
    for argument in arguments {
      let isPositional = argument["kind"]?.text == "positional"
      let title = isPositional ? "ARGUMENTS" : argument["sectionTitle"]?.text ?? "OPTIONS"
      if let index = sections.firstIndex(where: { $0.title == title.uppercased() }) {
        sections[index].arguments.append(argument)
      } else {
        sections.append((title.uppercased(), [argument]))
      }
    }
    return sections
  }

  private static func label(of argument: JSONValue) -> String {
    let value = (argument["valueName"]?.text ?? "").uppercased()
    if argument["kind"]?.text == "positional" { return value }
    let names = (argument["names"]?.elements ?? []).map { name in
      (name["kind"]?.text == "long" ? "--" : "-") + (name["name"]?.text ?? "")
    }
    let label = names.joined(separator: ", ")
    return argument["kind"]?.text == "flag" ? label : "\(label) \(value)"
  }

  private static func explanation(of argument: JSONValue) -> String {
    var text = argument["abstract"]?.text ?? ""
    if let values = argument["allValues"]?.elements?.compactMap(\.text), !values.isEmpty {
      text += " One of: \(values.joined(separator: ", "))."
    }
    if let value = argument["defaultValue"]?.text { text += " Default: \(value)." }
    return text
  }
}

/// Writes roff, line by line.
private struct Roff {
  private(set) var text = ""

  mutating func request(_ line: String) { text += line + "\n" }
  mutating func section(_ title: String) { request(".SH \"\(Self.escaped(title))\"") }
  mutating func line(_ line: String) { text += Self.escaped(line) + "\n" }

  /// A label with its explanation, indented below it.
  mutating func item(_ label: String, _ explanation: String) {
    request(".TP")
    request(".B \(Self.escaped(label))")
    line(explanation)
  }

  /// Lines as they are.
  mutating func verbatim(_ lines: String) {
    request(".nf")
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
      self.line(String(line))
    }
    request(".fi")
  }

  /// A text in which nothing is a request or an escape.
  static func escaped(_ text: String) -> String {
    let line = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}
