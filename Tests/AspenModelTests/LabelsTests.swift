import AspenModel
import Testing

@Suite("Labels")
struct LabelsTests {
  @Test("a command line's labels are read")
  func parsing() throws {
    let labels = try Labels(parsing: "site=yard,accelerator=cuda,empty=")
    #expect(labels.values == ["site": "yard", "accelerator": "cuda", "empty": ""])
    #expect(labels["site"] == "yard" && labels["none"] == nil)
    #expect(try Labels(parsing: "") == Labels())
    #expect(labels.json.serializedText == #"{"accelerator":"cuda","empty":"","site":"yard"}"#)
  }

  @Test(
    "malformed labels are refused",
    arguments: [
      "site", "=v", "a b=c", "a=b c", "a=b=c", "ключ=v", "a=\u{0}", "a=\"", "a=e\u{301}",
      String(repeating: "k", count: 64) + "=v", "k=" + String(repeating: "v", count: 64),
      (0...32).map { "k\($0)=v" }.joined(separator: ","),
    ])
  func bad(_ text: String) {
    #expect(!violations { () throws(ValidationError) in _ = try Labels(parsing: text) }.isEmpty)
  }

  @Test("the most labels and the longest keys and values are taken")
  func limits() throws {
    let long = String(repeating: "x", count: 63)
    #expect(try Labels([long: long])[long] == long)
    let most = Dictionary(uniqueKeysWithValues: (0..<Labels.maxCount).map { ("k\($0)", "v") })
    #expect(try Labels(most).values.count == Labels.maxCount)
  }

  @Test(
    "an error names the label by a JSON Pointer",
    arguments: [
      (#"{"site/a~b": "no spaces"}"#, "/labels/site~1a~0b"), (#"{"a": 1}"#, "/labels/a"),
      (#"{"a b": "x"}"#, "/labels/a b"), (#"[]"#, "/labels"),
    ])
  func pointers(_ text: String, _ field: String) throws {
    let document = try json(text)
    let found = violations { () throws(ValidationError) in _ = try Labels(json: document) }
    #expect(found.map(\.field) == [field])
  }
}
