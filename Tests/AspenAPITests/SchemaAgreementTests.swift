import AspenAPI
import AspenModel
import AspenTestSupport
import Testing

/// The schemas must allow whatever the code accepts: a client that trusts the document is never wrong to
/// refuse something.
@Suite("Schemas and the code that reads requests")
struct SchemaAgreementTests {
  private func accepts(_ read: () throws -> Void) -> Bool {
    do {
      try read()
      return true
    } catch {
      return false
    }
  }

  private func allows(_ operation: APIOperation, _ body: JSONValue) throws -> Bool {
    try #require(operation.body).schema.violations(of: body).isEmpty
  }

  private func random(
    _ alphabet: String, _ count: ClosedRange<Int>, _ generator: inout SeededGenerator
  ) -> String {
    let scalars = Array(alphabet.unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: count, using: &generator) {
      text.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
    }
    return String(text)
  }

  @Test("names are the same texts for both", arguments: 1...4 as ClosedRange<UInt64>)
  func names(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let name = random("ab9.-_A é\n", 0...6, &generator)
      let body: JSONValue = ["name": .string(name)]
      let isAccepted = accepts { _ = try CreateBody(json: body) }
      #expect(try allows(APIOperations.siteCreate, body) == isAccepted, "\(name)")
    }
    for count in 62...65 {
      let body: JSONValue = ["name": .string(String(repeating: "a", count: count))]
      let isAccepted = accepts { _ = try CreateBody(json: body) }
      #expect(try allows(APIOperations.siteCreate, body) == isAccepted)
    }
  }

  @Test("labels are the same texts for both", arguments: 1...4 as ClosedRange<UInt64>)
  func labels(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let key = random("aZ9._-/ é,", 0...4, &generator)
      let value = random("aZ9._-/ é=", 0...4, &generator)
      let body: JSONValue = [
        "name": "a", "labels": .object([.init(key, .string(value))]),
        "annotations": .object([.init(key, .string(value + random("\u{0}é\n", 0...1, &generator)))]
        ),
      ]
      let isAccepted = accepts { _ = try CreateBody(json: body) }
      #expect(try allows(APIOperations.siteCreate, body) == isAccepted, "\(key)=\(value)")
    }
  }

  @Test("every selector that is read is allowed", arguments: 1...8 as ClosedRange<UInt64>)
  func selectors(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let words = [
      "a", "b/c", "in", "notin", "!", "=", "!=", "==", "(", ")", ",", " ", "  ", "é", "",
    ]
    var accepted = 0
    for _ in 0..<4000 {
      let count = Int.random(in: 0...8, using: &generator)
      let text = (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
      guard (try? LabelSelector(parsing: text)) != nil else { continue }
      accepted += 1
      let body: JSONValue = [
        "name": "a", "spec": ["camera": "a", "require": .string(text)],
      ]
      #expect(try allows(APIOperations.streamCreate, body), "'\(text)'")
    }
    #expect(accepted > 100)
  }

  @Test("every address that is read is allowed", arguments: 1...8 as ClosedRange<UInt64>)
  func addresses(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let parts = [
      "rtsp://", "RtSp://", "http://", "cam", "cam.example", "10.0.0.1", "[::1]", "[fe80::1]", ":",
      "554", "0554", "65536", "user", ":pass", "%40", "@", "/", "/live", "?a=b", "#x", "-", "_",
      ".",
      "é", "",
    ]
    var accepted = 0
    for _ in 0..<4000 {
      let count = Int.random(in: 0...5, using: &generator)
      let text =
        (Bool.random(using: &generator) ? "rtsp://" : "")
        + (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
      guard (try? RTSPAddress.parse(text, field: "")) != nil else { continue }
      accepted += 1
      let body: JSONValue = ["name": "a", "spec": ["address": .string(text)]]
      #expect(try allows(APIOperations.cameraCreate, body), "'\(text)'")
    }
    #expect(accepted > 100)
  }

  @Test("paths of media files are the same texts for both", arguments: 1...4 as ClosedRange<UInt64>)
  func paths(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let text = random("ab./\\: é\u{7F}", 0...6, &generator)
      let body: JSONValue = ["name": "a", "spec": ["type": "file", "path": .string(text)]]
      let isAccepted = accepts { _ = try MediaFilePath(text, field: "") }
      #expect(try allows(APIOperations.cameraCreate, body) == isAccepted, "'\(text)'")
    }
  }

  @Test(
    "user names of cameras are the same texts for both", arguments: 1...2 as ClosedRange<UInt64>)
  func usernames(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let spec: JSONValue = [
        "address": "rtsp://cam", "username": .string(random("a: é\u{1}\u{7F}", 0...4, &generator)),
      ]
      let isAccepted = accepts { _ = try CameraSpecInput(json: spec) }
      #expect(try allows(APIOperations.cameraCreate, ["name": "a", "spec": spec]) == isAccepted)
    }
  }

  @Test("filters that are read are allowed as parameters", arguments: 1...4 as ClosedRange<UInt64>)
  func filters(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let parameter = try #require(
      APIOperations.cameraList.parameters.first { $0.name == "filter" })
    let parts = ["name", "spec", ".", "site", "a_1", "=", "!=", ",", "\\,", "\\\\", "x", " ", "é"]
    var accepted = 0
    for _ in 0..<4000 {
      let count = Int.random(in: 0...8, using: &generator)
      let text = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
      guard (try? FieldFilter.parse(text)) != nil else { continue }
      accepted += 1
      #expect(parameter.schema.violations(of: .string(text)).isEmpty, "'\(text)'")
    }
    #expect(accepted > 50)
  }

  @Test("null counts as left out for both, and unknown fields are wrong for both")
  func nulls() throws {
    let body: JSONValue = [
      "name": "a", "labels": .null, "annotations": .null,
      "spec": [
        "camera": "a", "enabled": .null, "max_fps": .null, "max_width": .null, "require": .null,
      ],
    ]
    _ = try StreamSpec(json: try CreateBody(json: body).spec)
    #expect(try allows(APIOperations.streamCreate, body))
    let unknown: JSONValue = ["name": "a", "spec": ["camera": "a", "fps": .null]]
    #expect(!accepts { _ = try StreamSpec(json: try CreateBody(json: unknown).spec) })
    #expect(try !allows(APIOperations.streamCreate, unknown))
  }

  @Test("a patch may remove what is not there")
  func patches() throws {
    let patch: JSONValue = [
      "labels": ["no such key!": .null], "annotations": .null, "spec": ["nothing": .null],
    ]
    _ = try UpdateBody(json: patch, current: try Sample.stream())
    #expect(try allows(APIOperations.streamUpdate, patch))
    #expect(try !allows(APIOperations.streamUpdate, ["spec": ["nothing": 1]]))
  }

  @Test("every kind's stored spec can be sent again in a document", arguments: ApplyDocument.kinds)
  func documents(kind: ResourceKind) throws {
    let body: JSONValue = [
      "documents": [
        ["kind": .string(kind.rawValue), "name": "a", "spec": Sample.specs[kind] ?? [:]]
      ]
    ]
    #expect(try allows(APIOperations.resourceApply, body))
    #expect(try ApplyBody(json: body).documents.map(\.kind) == [kind])
  }
}
