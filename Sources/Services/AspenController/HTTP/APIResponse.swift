import AspenAPI
import AspenHTTP
import AspenModel

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

  /// A resource with its ETag.
  static func resource(_ status: Int, _ json: JSONValue, location: String? = nil) -> HTTPResponse {
    var response = HTTPResponse.json(status, json)
    if let version = json["resource_version"]?.wholeNumber {
      response.headers.add("ETag", "\"\(version)\"")
    }
    if let location { response.headers.add("Location", location) }
    return response
  }

  /// Done, with nothing to say.
  static var noContent: HTTPResponse {
    HTTPResponse(status: 204, headers: HTTPHeaders(), body: [])
  }

  /// An error. What is not here must not be seen by the client.
  static func problem(_ problem: Problem, requestID: String) -> HTTPResponse {
    var response = HTTPResponse.json(
      problem.code.status, problem.json(requestID: requestID), type: "application/problem+json")
    switch problem.code {
    case .unauthorized: response.headers.add("WWW-Authenticate", "Bearer")
    case .unavailable: response.headers.add("Retry-After", "1")
    default: break
    }
    return response
  }
}

extension HTTPResponse {
  /// A page of a list.
  static func page(_ items: [JSONValue], next: ObjectName?) -> HTTPResponse {
    .json(200, ResourceView.page(items, nextCursor: next?.text))
  }
}
