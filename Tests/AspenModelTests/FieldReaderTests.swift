import AspenModel
import Testing

@Suite("Field reader")
struct FieldReaderTests {
  private enum Colour: String, CaseIterable { case red, green }

  @Test("good fields are read, and null is as good as absent")
  func reads() throws {
    let document = try json(
      #"{"text":"é","whole":7.0,"decimal":2,"flag":true,"choice":"red","object":{"x":1},"none":null}"#
    )
    try FieldReader.read(document) { fields in
      #expect(fields.text("text", maxBytes: 2) == "é")
      #expect(fields.wholeNumber("whole", in: 7...7) == 7)
      #expect(fields.decimal("decimal", in: 0...2) == 2)
      #expect(fields.flag("flag") == true)
      #expect(fields.choice("choice", of: Colour.self) == .red)
      #expect(fields.object("object") { $0.wholeNumber("x", in: 0...1) } == 1)
      #expect(fields.text("none") == nil && fields.flag("absent") == nil)
    }
  }

  @Test("every violation is collected, each with its JSON Pointer and words")
  func collects() throws {
    let document = try json(
      #"""
      {"text":5,"long":"éé","control":"a\tb","whole":1.5,"range":9,"decimal":"1","flag":"true",
       "choice":"blue","object":{"x":"y","extra":1},"list":[],"a/b~c":1}
      """#)
    let found = violations { () throws(ValidationError) in
      try FieldReader.read(document, at: "/spec") { fields in
        _ = fields.text("text")
        _ = fields.text("long", maxBytes: 3)
        _ = fields.text("control")
        _ = fields.wholeNumber("whole", in: 0...9)
        _ = fields.wholeNumber("range", in: 0...8)
        _ = fields.decimal("decimal", in: 0...1)
        _ = fields.flag("flag")
        _ = fields.choice("choice", of: Colour.self)
        _ = fields.requiredText("missing")
        _ = fields.object("object") { $0.wholeNumber("x", in: 0...1) }
        _ = fields.object("list") { _ in () }
      }
    }
    #expect(
      found.map { "\($0.field) \($0.reason.prefix(26))" } == [
        "/spec/text must be a string, not a wh", "/spec/long is longer than 3 bytes",
        "/spec/control contains a control charact", "/spec/whole must be a whole number, no",
        "/spec/range must be between 0 and 8", "/spec/decimal must be a number, not a st",
        "/spec/flag must be a boolean, not a s", "/spec/choice must be one of: red, green",
        "/spec/missing is required", "/spec/object/x must be a whole number, no",
        "/spec/object/extra is not a known field; know", "/spec/list must be an object, not an ",
        "/spec/a~1b~0c is not a known field; know",
      ])
  }

  @Test("an unknown field's answer names the known ones")
  func unknown() throws {
    let document = try json(#"{"nmae":"x"}"#)
    let found = violations { () throws(ValidationError) in
      try FieldReader.read(document) { fields in
        _ = fields.text("name")
        _ = fields.flag("enabled")
      }
    }
    #expect(
      found == [
        FieldViolation(field: "/nmae", reason: "is not a known field; known are: enabled, name")
      ])
  }

  @Test(
    "a body that is no object is refused in words",
    arguments: [("null", "null"), ("[]", "an array"), ("\"x\"", "a string"), ("1.5", "a number")])
  func noObject(_ text: String, _ kind: String) throws {
    let document = try json(text)
    let found = violations { () throws(ValidationError) in
      try FieldReader.read(document) { _ in () }
    }
    #expect(found == [FieldViolation(field: "/", reason: "must be an object, not \(kind)")])
  }
}
