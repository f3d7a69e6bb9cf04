import AspenYAML
import Testing

@Suite("YAML events")
struct YAMLEventReaderTests {
  private func events(_ text: String) throws -> [(event: YAMLEvent, line: Int)] {
    let reader = try YAMLEventReader(Array(text.utf8))
    var events: [(event: YAMLEvent, line: Int)] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }

  @Test("a text is read event by event, with lines, styles, tags and anchors")
  func events() throws {
    let events = try events("a: &x [1, 'b']\nc: !!str\n  d\n--- *y\n")
    let expected: [(YAMLEvent, Int)] = [
      (.documentStart, 1), (.mappingStart(tag: nil, anchor: nil), 1),
      (.scalar(text: "a", isPlain: true, tag: nil, anchor: nil), 1),
      (.sequenceStart(tag: nil, anchor: "x"), 1),
      (.scalar(text: "1", isPlain: true, tag: nil, anchor: nil), 1),
      (.scalar(text: "b", isPlain: false, tag: nil, anchor: nil), 1), (.sequenceEnd, 1),
      (.scalar(text: "c", isPlain: true, tag: nil, anchor: nil), 2),
      (.scalar(text: "d", isPlain: true, tag: "tag:yaml.org,2002:str", anchor: nil), 2),
      (.mappingEnd, 4), (.documentEnd, 4), (.documentStart, 4), (.alias("y"), 4),
      (.documentEnd, 5),
    ]
    #expect(events.map(\.event) == expected.map(\.0))
    #expect(events.map(\.line) == expected.map(\.1))
  }

  @Test("texts of any length are read, and nothing is behind the end")
  func lengths() throws {
    #expect(try events("").isEmpty)
    for count in [1, 15, 16, 4_095, 4_096, 4_097, 100_000] {
      let text = String(repeating: "x", count: count)
      #expect(
        try events(text).map(\.event).contains(
          .scalar(text: text, isPlain: true, tag: nil, anchor: nil)))
    }
    let reader = try YAMLEventReader([])
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
  }

  @Test(
    "what is no YAML is an error with its line, and then the end",
    arguments: [
      ("a: b\nc: d: e\n", 2), ("a: 'b", 1), ("[1\n", 2), ("a: \u{1}\n", 1), ("a\n\nb: \u{7F}", 3),
      ("%YAML 3.0\n---\n", 1), ("\ta: b", 1),
    ])
  func errors(text: String, line: Int) throws {
    let reader = try YAMLEventReader(Array(text.utf8))
    let error = #expect(throws: YAMLError.self) {
      while try reader.next() != nil {}
    }
    #expect(error?.line == line)
    #expect(error?.reason.isEmpty == false)
    #expect(try reader.next() == nil)
  }

  @Test("bytes that are not UTF-8 are an error")
  func notUTF8() throws {
    let reader = try YAMLEventReader([0x61, 0xFF, 0xFE])
    #expect(throws: YAMLError.self) {
      while try reader.next() != nil {}
    }
  }

  @Test("deep nesting ends in an error, not in a crash")
  func depth() throws {
    let reader = try YAMLEventReader([UInt8](repeating: UInt8(ascii: "["), count: 5_000))
    #expect(throws: YAMLError.self) {
      while try reader.next() != nil {}
    }
  }
}
