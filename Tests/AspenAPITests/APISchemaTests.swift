import AspenAPI
import AspenModel
import Testing

@Suite("Schemas")
struct APISchemaTests {
  private func places(_ schema: APISchema, _ json: JSONValue) -> [String] {
    schema.violations(of: json).map(\.field)
  }

  @Test("a value of another type is refused")
  func types() {
    #expect(places(.boolean, true) == [])
    #expect(places(.boolean, "true") == ["/"])
    #expect(places(.integer(1...5), 3) == [])
    #expect(places(.integer(1...5), .number(2.5)) == ["/"])
    #expect(places(.number(0...1), .number(0.5)) == [])
    #expect(places(.number(0...1), 1) == [])
    #expect(places(.text(), "x") == [])
    #expect(places(.text(), 1) == ["/"])
    #expect(places(APISchema(.null), .null) == [])
    #expect(places(APISchema(.null), false) == ["/"])
    #expect(places(.any, [1, "x"]) == [])
  }

  @Test("a number outside its range is refused")
  func ranges() {
    #expect(places(.integer(1...5), 6) == ["/"])
    #expect(places(.number(0.5...1), .number(0.4)) == ["/"])
  }

  @Test("a text is measured in characters and matched as a whole")
  func texts() {
    #expect(places(.text(1...2), "éé") == [])
    #expect(places(.text(1...2), "abc") == ["/"])
    #expect(places(.text(1...2), "") == ["/"])
    #expect(places(.text(pattern: "^a+$"), "aaa") == [])
    #expect(places(.text(pattern: "^a+$"), "aaa\n") == ["/"])
    #expect(places(.text(pattern: "^a+$"), "baaa") == ["/"])
    #expect(places(.choice(["a", "b"]), "c") == ["/"])
  }

  @Test("an object's members are named by their pointers")
  func objects() {
    let schema = APISchema.object([
      .required("a/b", .integer(0...1)), .optional("list", .array(of: .boolean, 0...2)),
    ])
    #expect(places(schema, ["a/b": 1]) == [])
    #expect(places(schema, ["list": [true, 1]]) == ["/a~1b", "/list/1"])
    #expect(places(schema, ["a/b": 1, "more": 2]) == ["/more"])
    #expect(places(schema, ["a/b": 1, "list": [true, true, true]]) == ["/list"])
    #expect(places(.object([], others: .boolean), ["x": 1]) == ["/x"])
  }

  @Test("null is refused where it is not allowed")
  func nulls() {
    let schema = APISchema.object([.optional("a", .text()), .input("b", .text())])
    #expect(places(schema, ["a": .null, "b": .null]) == ["/a"])
  }

  @Test("a map's names and values are checked, and their number")
  func maps() {
    let schema = APISchema(.map(keys: "^[a-z]+$", values: .text(), maxCount: 2, others: nil))
    #expect(places(schema, ["a": "1", "b": "2"]) == [])
    #expect(places(schema, ["A": "1"]) == ["/A"])
    #expect(places(schema, ["a": 1]) == ["/a"])
    #expect(places(schema, ["a": "1", "b": "2", "c": "3"]) == ["/"])
  }

  @Test("of choices one must fit, and the nearest one is explained")
  func choices() {
    let cat = APISchema.object([.required("kind", .choice(["cat"])), .required("n", .integer())])
    let dog = APISchema.object([.required("kind", .choice(["dog"]))])
    let schema = APISchema(.oneOf([cat, dog]))
    #expect(places(schema, ["kind": "dog"]) == [])
    #expect(places(schema, ["kind": "cat", "n": "x"]) == ["/n"])
    #expect(places(APISchema(.oneOf([.integer(), .number()])), 1) == ["/"])
    #expect(places(APISchema(.anyOf([.integer(), .number()])), 1) == [])
  }

  @Test("a long list of violations is cut")
  func limit() {
    let many = JSONValue.array(Array(repeating: "x", count: 1000))
    #expect(places(.array(of: .boolean), many).count == APISchema.maxViolations)
  }

  @Test("a schema is written as JSON Schema")
  func json() {
    let schema = APISchema.object([
      .required("n", APISchema.integer(1...9).defaulting(to: 5)),
      .input("t", .text(0...3, pattern: "^a*$", "Only a.")),
      .input("r", .component(APIComponent("R") { .any })),
    ])
    let text = schema.json.serializedText
    #expect(text.contains(#""additionalProperties":false"#))
    #expect(text.contains(#""n":{"type":"integer","minimum":1,"maximum":9,"default":5}"#))
    #expect(
      text.contains(
        #""t":{"type":["string","null"],"maxLength":3,"pattern":"^a*$","description":"Only a."}"#))
    #expect(text.contains(##"{"anyOf":[{"$ref":"#/components/schemas/R"},{"type":"null"}]}"##))
    #expect(text.contains(#""required":["n"]"#))
  }
}
