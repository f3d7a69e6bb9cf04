import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

extension HTTPResponse {
  /// A JSON answer. Nothing of the API may be kept by caches.
  static func json(_ status: Int, _ json: JSONValue, type: String = "application/json")
    -> HTTPResponse
  {
    var headers = HTTPHeaders()
    headers.add("Content-Type", type)
    headers.add("Cache-Control", "no-store")
    return HTTPResponse(status: status, headers: headers, body: json.serialized)
  }

  /// A resource with its ETag. With `fields` only those members, as a document of another type.
  static func resource(_ json: JSONValue, fields: [[String]]? = nil) -> HTTPResponse {
    var response =
      fields.map { HTTPResponse.json(200, json.only($0), type: MediaType.part) }
      ?? HTTPResponse.json(200, json)
    response.addTag(of: json)
    return response
  }

  /// A page of a list. With `fields` only those members of each item.
  static func page(
    _ items: [JSONValue], next: String?, revision: Int64?, fields: [[String]]? = nil
  ) -> HTTPResponse {
    .json(
      200,
      ResourceView.page(
        fields.map { fields in items.map { $0.only(fields) } } ?? items, nextCursor: next,
        revision: revision), type: fields == nil ? MediaType.json : MediaType.part)
  }

  /// What a change answered.
  static func change(_ answer: ChangeAnswer) -> HTTPResponse {
    guard let body = answer.body else {
      return HTTPResponse(status: answer.status, headers: HTTPHeaders(), body: [])
    }
    var response = HTTPResponse.json(answer.status, body)
    response.addTag(of: body)
    if let location = answer.location { response.headers.add("Location", location) }
    if answer.isReplayed { response.headers.add("Idempotency-Replayed", "true") }
    return response
  }

  /// The answer to a WebSocket handshake (RFC 6455 4.2.2). A refusal becomes a problem of the API.
  static func webSocket(_ answer: HTTPResponse) throws -> HTTPResponse {
    switch answer.status {
    case 101: return answer
    case 426: throw Problem(.upgradeRequired, "this is a WebSocket (RFC 6455, version 13)")
    default: throw Problem(.validation, "the WebSocket handshake is malformed")
    }
  }

  /// The answer of a door that speaks WebSocket or HTTP.
  static func webSocketOrBody(_ answer: HTTPResponse) throws -> HTTPResponse {
    answer.status == 200 ? answer : try webSocket(answer)
  }

  /// Done, with nothing to say.
  static var noContent: HTTPResponse {
    HTTPResponse(status: 204, headers: HTTPHeaders(), body: [])
  }

  /// An error. What is not here must not be seen by the client.
  static func problem(
    _ problem: Problem, requestID: String, retryAfter: Duration? = nil
  ) -> HTTPResponse {
    var response = HTTPResponse.json(
      problem.code.status, problem.json(requestID: requestID), type: "application/problem+json")
    switch problem.code {
    case .unauthorized: response.headers.add("WWW-Authenticate", "Bearer")
    case .upgradeRequired: response.headers.add("Upgrade", "websocket")
    case .unavailable: response.headers.add("Retry-After", "1")
    case .rateLimited:
      let seconds = max(1, (retryAfter ?? .seconds(1)).components.seconds)
      response.headers.add("Retry-After", String(seconds))
    default: break
    }
    return response
  }

  private mutating func addTag(of json: JSONValue) {
    guard let version = json["resource_version"]?.wholeNumber else { return }
    headers.add("ETag", "\"\(version)\"")
  }
}
