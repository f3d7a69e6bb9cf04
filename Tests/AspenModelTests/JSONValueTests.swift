import AspenModel
import AspenTestSupport
import Testing

@Suite("JSON")
struct JSONValueTests {
  @Test(
    "a document is read and written",
    arguments: [
      ("null", "null"), (" [ ] ", "[]"), ("{}", "{}"), ("[1,-2,0,-0]", "[1,-2,0,0]"),
      ("1.0", "1"), ("1e3", "1000"), ("12E-1", "1.2"),
      ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"), ("1e-400", "0"),
      ("9223372036854775808", "9.223372036854776e+18"), ("0.1", "0.1"), ("\t\r\n1", "1"),
      (#"{"b":[true,false,null],"a":{"c":"d"}}"#, #"{"a":{"c":"d"},"b":[true,false,null]}"#),
      (#""\u0041\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\""#, #""Aé😀/\u0008\u000c\n\r\t\"\\""#),
      (#""\uD834\uDD1E""#, "\"𝄞\""), ("\"\u{7f}\"", #""\u007f""#), (#""\u0000""#, #""\u0000""#),
    ])
  func good(_ text: String, _ written: String) throws {
    #expect(try json(text).serializedText == written)
  }

  @Test(
    "what RFC 8259 does not allow is refused, with the place",
    arguments: [
      "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e",
      "1e+", "0x10", "1_0", "1e400", "-1e999999", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "}",
      "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{'a':1}", "{a:1}",
      "1 2", "[]]", "// c\n1", "1//", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\ud800\\n\"", "\"\\udc00\"", "\"\\udc00\\ud800\"",
      "\"a\nb\"", "\"\u{0}\"", "\"\t\"", "\u{feff}1", "{\"a\":1,\"a\":1}",
      "{\"a\":1,\"\\u0061\":2}", "\u{a0}1",
    ])
  func bad(_ text: String) {
    #expect { try json(text) } throws: { error in
      "\(error)".hasPrefix("is not valid JSON: ") && "\(error)".contains("(line ")
    }
  }

  @Test("bytes that are not UTF-8 are refused", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]])
  func notUTF8(_ bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
  }

  @Test("an error tells line and column")
  func place() {
    #expect { try json("{\n  \"a\": 1,\n  \"b\" 2\n}") } throws: { error in
      "\(error)" == "is not valid JSON: expected ':' (line 3, column 7)"
    }
  }

  @Test("nesting is bounded, and a deep or long document costs linear time")
  func bounds() throws {
    func nested(_ depth: Int, _ inner: String) -> String {
      String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)
    }
    let many = String(repeating: "1,", count: 100_000) + "1"
    #expect(try json(nested(128, "")).kindName == "an array")
    #expect(throws: JSONError.self) { try json(nested(129, "")) }
    #expect(throws: JSONError.self) { try json(nested(500_000, "")) }
    // A decoder that builds a coding path for each element needs minutes for this one.
    #expect(try json(nested(127, many)).kindName == "an array")
  }

  @Test("every truncation and every changed byte is read or refused")
  func mutations() {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\n"],"b":{"c":null,"d":true}}"#
    let bytes = Array(text.utf8)
    for end in 0..<bytes.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(bytes[..<end])) }
    }
    for index in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = bytes
        changed[index] = byte
        _ = try? JSONValue(parsing: changed)
      }
    }
  }

  @Test("random documents survive writing and reading, compact and pretty")
  func roundTrip() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("JSON round trip: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let document = randomDocument(depth: 0, &generator)
      #expect(try JSONValue(parsing: document.serialized) == document, "seed \(seed)")
      #expect(try json(document.prettyPrinted) == document, "seed \(seed)")
    }
  }

  @Test("pretty text has a member a line")
  func pretty() throws {
    let text = try json(#"{"a":[1,{"b":2}],"c":{},"d":[]}"#).prettyPrinted
    let expected = """
      {
        "a": [
          1,
          {
            "b": 2
          }
        ],
        "c": {},
        "d": []
      }
      """
    #expect(text == expected)
  }

  @Test("values are reached by kind")
  func accessors() throws {
    let document = try json(#"{"s":"x","i":1,"n":1.5,"b":true,"a":[1],"z":null}"#)
    #expect(document["s"]?.text == "x" && document["s"]?.wholeNumber == nil)
    #expect(document["i"]?.wholeNumber == 1 && document["i"]?.decimal == 1)
    #expect(document["n"]?.decimal == 1.5 && document["n"]?.wholeNumber == nil)
    #expect(document["b"]?.flag == true && document["a"]?.elements == [1])
    #expect(document["z"] == .null && document["missing"] == nil && document["s"]?["x"] == nil)
    #expect(JSONValue.object(compacting: [("a", 1), ("b", nil)]) == ["a": 1])
    #expect(JSONValue.number(.nan).serializedText == "null")
  }

  private func randomDocument(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth < 5 ? 8 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &generator))
    case 3, 4:
      let number = Double(bitPattern: generator.next())
      // A whole number is read as one.
      return number.isFinite && Int64(exactly: number) == nil ? .number(number) : .integer(0)
    case 5: return .string(randomText(&generator))
    case 6:
      let count = Int.random(in: 0...4, using: &generator)
      return .array((0..<count).map { _ in randomDocument(depth: depth + 1, &generator) })
    default:
      let names = Set(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in randomText(&generator) })
      return .object(
        names.sorted().map { .init($0, randomDocument(depth: depth + 1, &generator)) })
    }
  }

  private func randomText(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x110000
      text.unicodeScalars.append(
        Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator)) ?? "\u{FFFD}")
    }
    return text
  }
}
