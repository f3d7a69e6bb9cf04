import AspenModel

/// One answer of success.
package struct APIAnswer: Sendable, Hashable {
  /// What an answer carries.
  package enum Content: Sendable, Hashable {
    case nothing
    /// A JSON document. `part` is its shape when the request chose `fields`.
    case json(APISchema, part: APISchema?)
    /// Server-sent events; their data is described here.
    case events(APISchema)
    /// The connection becomes a WebSocket.
    case webSocket
  }

  package let status: Int
  package let description: String
  package let content: Content
  package let headers: [APIHeader]

  /// An answer with a JSON document.
  package static func json(
    _ status: Int, _ description: String, _ schema: APISchema, part: APISchema? = nil,
    headers: [APIHeader] = []
  ) -> APIAnswer {
    APIAnswer(
      status: status, description: description, content: .json(schema, part: part),
      headers: headers)
  }

  /// An answer of server-sent events.
  package static func events(_ description: String, _ data: APISchema) -> APIAnswer {
    APIAnswer(status: 200, description: description, content: .events(data), headers: [])
  }

  /// Done, with nothing to say.
  package static func noContent(_ description: String) -> APIAnswer {
    APIAnswer(status: 204, description: description, content: .nothing, headers: [])
  }

  /// A WebSocket is open.
  package static let webSocket = APIAnswer(
    status: 101, description: "The WebSocket is open; `asyncapi.yaml` describes its messages.",
    content: .webSocket, headers: [])
}

/// A header of an answer.
package enum APIHeader: String, Sendable, Hashable, CaseIterable {
  case eTag = "ETag"
  case location = "Location"
  case setCookie = "Set-Cookie"
  case retryAfter = "Retry-After"
  case wwwAuthenticate = "WWW-Authenticate"
  /// On every answer.
  case requestID = "X-Request-Id"
  /// On every answer.
  case aspenVersion = "Aspen-Version"
  case idempotencyReplayed = "Idempotency-Replayed"

  /// What it says.
  package var description: String {
    switch self {
    case .eTag: "The resource version, in quotes; for `If-Match`."
    case .location: "The path of what was made."
    case .setCookie: "The session's cookie `aspen_session`."
    case .retryAfter: "Seconds to wait before trying again."
    case .wwwAuthenticate: "Always `Bearer`."
    case .requestID: "Finds the request in the controller's log and audit."
    case .aspenVersion: "The controller's version."
    case .idempotencyReplayed: "`true` when this is the answer of an earlier request with the key."
    }
  }

  /// The shape of its value.
  package var schema: APISchema {
    switch self {
    case .eTag: .text(3...32, pattern: #"^"[0-9]{1,19}"$"#).example(#""17""#)
    case .location: .text(format: "uri-reference")
    case .retryAfter: .integer(0...86_400)
    case .idempotencyReplayed: .choice(["true"])
    case .setCookie, .wwwAuthenticate, .requestID, .aspenVersion: .text()
    }
  }

  /// Whether every answer that declares it carries it.
  package var isAlwaysThere: Bool {
    switch self {
    case .eTag, .location, .requestID: true
    // Not on what is refused before it is known to be a request of the API.
    case .aspenVersion, .setCookie, .retryAfter, .wwwAuthenticate, .idempotencyReplayed: false
    }
  }
}
