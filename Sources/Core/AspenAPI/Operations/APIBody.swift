package import AspenModel

/// What a request's body holds. It is always required.
package struct APIBody: Sendable, Hashable {
  package let schema: APISchema
  package let mediaTypes: [String]
  package let example: JSONValue?

  /// A JSON document.
  package static func json(_ schema: APISchema, example: JSONValue? = nil) -> APIBody {
    APIBody(schema: schema, mediaTypes: [MediaType.json], example: example)
  }

  /// A JSON Merge Patch (RFC 7396), also sent as plain JSON.
  package static func patch(_ schema: APISchema, example: JSONValue? = nil) -> APIBody {
    APIBody(schema: schema, mediaTypes: [MediaType.mergePatch, MediaType.json], example: example)
  }
}

/// The media types of the API.
package enum MediaType {
  /// A JSON document.
  package static let json = "application/json"
  /// A JSON Merge Patch (RFC 7396).
  package static let mergePatch = "application/merge-patch+json"
  /// A document from which members were left out, as `fields` asked.
  package static let part = "application/vnd.aspen.partial+json"
  /// A problem document (RFC 9457).
  package static let problem = "application/problem+json"
  /// Server-sent events.
  package static let events = "text/event-stream"
}
