import AspenModel
import Testing

@Suite("Field filters")
struct FieldFilterTests {
  @Test("filters are separated by commas and name a path, a sign and a value")
  func parse() throws {
    let filters = try FieldFilter.parse("spec.site=hq,spec.subject.kind!=user,name=yard")
    #expect(filters.map(\.path) == [["spec", "site"], ["spec", "subject", "kind"], ["name"]])
    #expect(filters.map(\.isNegated) == [false, true, false])
    #expect(filters.map(\.value) == ["hq", "user", "yard"])
    #expect(try FieldFilter.parse("") == [])
    #expect(try FieldFilter.parse("spec.a=x=y!=z").map(\.value) == ["x=y!=z"])
    #expect(try FieldFilter.parse(#"spec.a=x\,y\\z,spec.b="#).map(\.value) == [#"x,y\z"#, ""])
  }

  @Test("a value that reads as a number or truth value also means that one")
  func meanings() throws {
    func meanings(_ value: String) throws -> [JSONValue] {
      try #require(try FieldFilter.parse("spec.a=\(value)").first).meanings
    }
    #expect(try meanings("true") == ["true", true])
    #expect(try meanings("false") == ["false", false])
    #expect(try meanings("25") == ["25", 25])
    #expect(try meanings("2.5") == ["2.5", .number(2.5)])
    #expect(try meanings("hq") == ["hq"])
    #expect(try meanings("null") == ["null"])
    #expect(try meanings("") == [""])
  }

  @Test(
    "what is no filter is refused by name",
    arguments: [
      "spec.site", "site=hq", "spec=x", "spec.=x", "spec.Site=x", "spec..a=x", "=x", "status.a=b",
      "labels.a=b", "name.a=b", #"spec.a=\x"#, #"spec.a=\"#, "spec.a.b.c.d.e.f.g.h=1",
      "spec.a=\0",
    ])
  func refused(_ text: String) {
    #expect {
      try FieldFilter.parse(text, field: "filter")
    } throws: { error in
      (error as? ValidationError)?.violations.map(\.field) == ["filter"]
    }
  }

  @Test("a list of filters and a value have a longest")
  func limits() throws {
    let many = Array(repeating: "spec.a=b", count: 16).joined(separator: ",")
    #expect(try FieldFilter.parse(many).count == 16)
    #expect(throws: ValidationError.self) { try FieldFilter.parse(many + ",name=x") }
    #expect(throws: ValidationError.self) {
      try FieldFilter.parse("spec.a=" + String(repeating: "x", count: 1025))
    }
  }
}
