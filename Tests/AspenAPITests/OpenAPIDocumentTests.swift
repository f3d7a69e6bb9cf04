import AspenAPI
import AspenModel
import AspenTestSupport
import Foundation
import Testing

/// The document is made of the declarations; the file in the repository is its text.
@Suite("The OpenAPI document")
struct OpenAPIDocumentTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../api/openapi.yaml")

  /// `ASPEN_UPDATE_DOCUMENTS=1` writes the file anew.
  @Test("api/openapi.yaml is the text of the declarations")
  func fileIsCurrent() throws {
    if ProcessInfo.processInfo.environment["ASPEN_UPDATE_DOCUMENTS"] == "1" {
      try OpenAPIDocument.yaml.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let isCurrent = text == OpenAPIDocument.yaml
    #expect(isCurrent, "stale: ASPEN_UPDATE_DOCUMENTS=1 swift test --filter OpenAPIDocumentTests")
  }

  @Test("the YAML text says what the JSON document says")
  func yamlIsJSON() async throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("openapi.yaml")
    try OpenAPIDocument.yaml.write(toFile: file, atomically: true, encoding: .utf8)
    let json = try await Command.run(
      "/usr/bin/python3",
      ["-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", file])
    let isSame =
      try JSONValue(parsing: Array(json.utf8))
      == JSONValue(parsing: OpenAPIDocument.json.serialized)
    #expect(isSame)
  }

  @Test("every reference leads somewhere, and every component is referred to")
  func references() {
    var found: Set<String> = []
    Self.collectReferences(OpenAPIDocument.json, &found)
    var declared: Set<String> = []
    for section in ["parameters", "headers", "responses", "schemas"] {
      let members = OpenAPIDocument.json["components"]?[section]?.members ?? []
      declared.formUnion(members.map { "#/components/\(section)/\($0.name)" })
    }
    #expect(found.subtracting(declared).sorted() == [])
    #expect(declared.subtracting(found).sorted() == [])
  }

  @Test("every operation is in the document with its answers and problems")
  func operations() {
    for operation in APIOperations.all {
      let item = OpenAPIDocument.json["paths"]?[operation.path]?[operation.method.lowercased()]
      #expect(item?["operationId"]?.text == operation.id)
      let statuses = Set(item?["responses"]?.members?.compactMap { Int($0.name) } ?? [])
      let expected = operation.answers.map(\.status) + operation.problems.map(\.status)
      #expect(statuses == Set(expected), "\(operation.id)")
    }
  }

  @Test("the document is what its own operation declares")
  func itself() {
    let violations = ResponseContract.violations(
      of: APIOperations.openapiGet, status: 200, contentType: "application/json",
      body: OpenAPIDocument.json.serialized)
    #expect(violations == [])
  }

  private static func collectReferences(_ json: JSONValue, _ found: inout Set<String>) {
    if let text = json["$ref"]?.text { found.insert(text) }
    for member in json.members ?? [] { collectReferences(member.value, &found) }
    for element in json.elements ?? [] { collectReferences(element, &found) }
  }
}
