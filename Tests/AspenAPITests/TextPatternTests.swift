import AspenAPI
import AspenModel
import AspenTestSupport
import Testing

@Suite("Patterns of texts")
struct TextPatternTests {
  @Test("every pattern of the document is understood")
  func declared() {
    var patterns: [String] = []
    Self.collect(OpenAPIDocument.json, &patterns)
    #expect(patterns.count > 20)
    for pattern in Set(patterns) { #expect(TextPattern(pattern) != nil, "\(pattern)") }
  }

  @Test(
    "what is not known or not anchored is refused",
    arguments: [
      "a", "^a", "a$", "^a**$", "^(a$", "^a)$", "^[a$", #"^\d$"#, "^.$", "^a{2$", "^a{3,2}$", "^*$",
      "^[b-a]$", #"^\x1$"#, "",
    ])
  func unknown(pattern: String) {
    #expect(TextPattern(pattern) == nil)
  }

  @Test("a pattern takes the same texts as Python's", arguments: 1...3 as ClosedRange<UInt64>)
  func likePython(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let patterns = [
      "^$", "^a?b*c+$", "^(a|bc|)d$", "^a{2}b{1,3}c{0,2}$", "^[^ab]*$", "^[a-c-]+$",
      "^((a|b)c?)*$", #"^[\x00-a]\(?b$"#, "^(a*)*b$", "^x(a(bc)?){2,3}$",
    ]
    var cases: [JSONValue] = []
    for _ in 0..<600 {
      let count = Int.random(in: 0...7, using: &generator)
      let letters = Array("aabbcdx-(é\n")
      let text = String((0..<count).map { _ in letters.randomElement(using: &generator) ?? "a" })
      cases.append(
        [.string(patterns.randomElement(using: &generator) ?? "^$"), .string(text)])
    }
    let program = """
      import json, re, sys
      cases = json.loads(sys.argv[1])
      print(json.dumps([re.fullmatch(p[1:-1], t) is not None for p, t in cases]))
      """
    let answer = try await Command.run(
      "/usr/bin/python3", ["-c", program, JSONValue.array(cases).serializedText])
    let expected = try #require(try JSONValue(parsing: Array(answer.utf8)).elements)
    for (index, item) in cases.enumerated() {
      let pattern = try #require(item.elements?.first?.text)
      let text = try #require(item.elements?.last?.text)
      #expect(
        TextPattern(pattern)?.matches(text) == expected[index].flag, "\(pattern) and '\(text)'")
    }
    #expect(expected.contains(true) && expected.contains(false))
  }

  @Test("a text that makes others try for ever is done at once")
  func linear() throws {
    let pattern = try #require(TextPattern("^((a+)+)+b$"))
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }

  private static func collect(_ json: JSONValue, _ patterns: inout [String]) {
    if let pattern = json["pattern"]?.text { patterns.append(pattern) }
    patterns += json["patternProperties"]?.members?.map(\.name) ?? []
    for member in json.members ?? [] { collect(member.value, &patterns) }
    for element in json.elements ?? [] { collect(element, &patterns) }
  }
}
