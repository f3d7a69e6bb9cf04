import AspenModel
import Testing

@Suite("Object names")
struct ObjectNameTests {
  @Test(
    "names fit for a URL path and a DNS label are taken",
    arguments: [
      "a", "0", "yard", "cam-1", "site.a.cam-07", "a--b", "a..b", String(repeating: "x", count: 63),
    ])
  func good(_ text: String) throws {
    #expect(try ObjectName(text).text == text)
  }

  @Test(
    "all other names are refused",
    arguments: [
      "", "-a", "a-", ".", "..", ".a", "a.", "A", "a b", "a/b", "a_b", "a%2Fb", "a\n", "\u{0}", "é",
      "e\u{301}", "а", "１", "a\u{200D}b", String(repeating: "x", count: 64),
    ])
  func bad(_ text: String) {
    let found = violations { () throws(ValidationError) in _ = try ObjectName(text, field: "/f") }
    #expect(found.map(\.field) == ["/f"])
  }

  @Test("names sort by their bytes")
  func order() throws {
    let sorted = try ["b", "a-1", "a", "a.1", "0"].map { try ObjectName($0) }.sorted()
    #expect(sorted.map(\.text) == ["0", "a", "a-1", "a.1", "b"])
  }
}
