import AspenAPI
import AspenModel
import AspenTestSupport
import Foundation
import Testing

@Suite("YAML text")
struct YAMLTextTests {
  /// What another program reads in the text.
  private func read(_ yaml: String) async throws -> JSONValue {
    let directory = try TemporaryDirectory()
    let file = directory.file("text.yaml")
    try yaml.write(toFile: file, atomically: true, encoding: .utf8)
    let json = try await Command.run(
      "/usr/bin/python3",
      [
        "-c",
        "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))",
        file,
      ])
    return try JSONValue(parsing: Array(json.utf8))
  }

  @Test("texts that look like something else come back as they were")
  func texts() async throws {
    let texts = [
      "", " ", "a", "true", "No", "null", "~", "1", "1.0", "1e3", "0x1F", "2026-01-31", "12:30:45",
      "-", "- a", "a: b", "a:", ": a", "a #b", "#b", "a, b", "[a]", "{a}", "&a", "*a", "!a", "%a",
      "@a", "`a`", "'a'", "\"a\"", "a'b", "a\"b", "\\", "a\\nb", "a\nb", "a\n\nb", "a\n", "\na",
      " a\nb", "a \nb", "a\tb", "é", "日本", "🎥", "\u{85}", "\u{2028}", "\u{0}", "\u{7F}", "=",
      "<<", "a  b", "/v1/cameras/{name}", "$ref", "https://a.example/b?c=d#e", "---", "...", "|",
      ">", "?", "a - b", "y", "on", "O'Brien: said \"x\"", "trailing ", ".5", "+1", "_", "yes",
    ]
    let json = JSONValue.object([
      .init("list", .array(texts.map { .string($0) })),
      .init(
        "block",
        .array(texts.map { .object([.init("text", .string($0)), .init("after", 1)]) })),
      .init(
        "keys", .object(Set(texts).sorted().map { .init($0, .string("value")) })),
    ])
    #expect(try await read(YAMLText.write(json)) == sorted(json))
  }

  @Test("long texts are folded and come back as they were")
  func longTexts() async throws {
    let sentence = Array(repeating: "A word: and 'another', then #more.", count: 12)
    let json: JSONValue = [
      "folded": .string(sentence.joined(separator: " ")),
      "paragraphs": .string(sentence.joined(separator: "\n\n")),
      "unbroken": .string(String(repeating: "x", count: 300)),
      "spaced": .string(sentence.joined(separator: "  ")),
    ]
    let yaml = YAMLText.write(json, comment: "A comment\nof two lines")
    #expect(yaml.hasPrefix("# A comment\n# of two lines\n"))
    #expect(try await read(yaml) == sorted(json))
  }

  @Test("every kind of value comes back as it was")
  func values() async throws {
    let json: JSONValue = [
      "null": .null, "flags": [true, false], "numbers": [0, -1, 9_223_372_036_854_775_807],
      "decimals": [.number(0.01), .number(-2.5)], "empty": [[:], [], ""],
      "nested": [[["deep"], ["er", ["est"]]], ["a": ["b": [["c": 1, "d": [2]]]]]],
    ]
    #expect(try await read(YAMLText.write(json)) == sorted(json))
    #expect(try await read(YAMLText.write([1, "two"])) == [1, "two"])
    #expect(try await read(YAMLText.write("alone")) == "alone")
  }

  /// Objects that were read have their members by name.
  private func sorted(_ json: JSONValue) throws -> JSONValue {
    try JSONValue(parsing: json.serialized)
  }
}
