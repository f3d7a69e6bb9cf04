import AspenAPI
import Foundation
import Testing

/// Holds `api/openapi.yaml` against the declarations: same paths, methods and operation ids.
@Suite("The OpenAPI document")
struct OpenAPIDocumentTests {
  private static func document() throws -> [(path: String, method: String, id: String)] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../api/openapi.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    var found: [(String, String, String)] = []
    var path = ""
    var method = ""
    for line in text.split(separator: "\n") {
      let word = line.drop { $0 == " " }
      let indent = line.count - word.count
      if indent == 2, word.hasPrefix("/"), word.hasSuffix(":") { path = String(word.dropLast()) }
      if indent == 4, ["get:", "post:", "patch:", "delete:", "put:"].contains(String(word)) {
        method = word.dropLast().uppercased()
      }
      if word.hasPrefix("operationId:") {
        found.append(
          (path, method, word.dropFirst("operationId:".count).trimmingCharacters(in: .whitespaces)))
      }
    }
    return found
  }

  @Test("every operation is in the document, and nothing else is")
  func sameOperations() throws {
    let declared = Set(APIOperations.all.map { "\($0.id) \($0.method) \($0.path)" })
    let documented = Set(try Self.document().map { "\($0.id) \($0.method) \($0.path)" })
    #expect(declared.subtracting(documented).sorted() == [])
    #expect(documented.subtracting(declared).sorted() == [])
  }

  @Test("operation ids and routes are unique")
  func unique() {
    #expect(Set(APIOperations.all.map(\.id)).count == APIOperations.all.count)
    #expect(
      Set(APIOperations.all.map { $0.method + $0.path }).count == APIOperations.all.count)
  }
}
