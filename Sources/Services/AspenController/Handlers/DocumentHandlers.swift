import AspenAPI
import AspenHTTP
import AspenModel

/// What the API says of itself.
struct DocumentHandlers: Sendable {
  /// The program's version, and the oldest client that it still understands.
  func version(_ request: APIRequest) async throws -> HTTPResponse {
    .json(
      200,
      [
        "version": .string(ProgramVersion.current), "api": "v1",
        "oldest_client": .string(ProgramVersion.oldestClient),
      ])
  }

  /// The OpenAPI document.
  func openAPI(_ request: APIRequest) async throws -> HTTPResponse {
    HTTPResponse(
      status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"],
      body: Self.document)
  }

  private static let document = OpenAPIDocument.json.serialized
}
