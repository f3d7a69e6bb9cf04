package import AspenNet

/// A connection that leaves HTTP after its response head.
package struct HTTPUpgrade {
  /// The stream; its handler is to be replaced at once.
  package let stream: ByteStream
  /// What arrived behind the request.
  package let pending: [UInt8]
  /// Keep until the stream is closed: while it lives the connection counts against the limits.
  package let slot: HTTPConnectionSlot?
}

/// A response, complete in memory.
package struct HTTPResponse: Sendable {
  /// The status code.
  package var status: Int
  /// Fields beside those that the connection writes itself: Content-Length, Connection, Date,
  /// Transfer-Encoding and X-Request-Id.
  package var headers: HTTPHeaders
  /// The body; not sent for HEAD, 1xx, 204 and 304.
  package var body: [UInt8]
  /// Takes the stream over when the head (without Content-Length) is queued, on the stream's loop:
  /// for another protocol after 101, or with `Connection: close` for a body that goes on until it
  /// closes.
  package var upgrade: (@Sendable (HTTPUpgrade) -> Void)?

  /// A response.
  package init(
    status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [],
    upgrade: (@Sendable (HTTPUpgrade) -> Void)? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.upgrade = upgrade
  }

  /// `text/plain` in UTF-8.
  package static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
      body: Array(text.utf8))
  }

  /// `application/json`, already encoded.
  package static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: body)
  }

  /// An error as `application/problem+json` (RFC 9457). The title is the status's phrase unless
  /// given.
  package static func problem(
    status: Int, detail: String, type: String = "about:blank", title: String? = nil,
    headers: HTTPHeaders = [:]
  ) -> HTTPResponse {
    var headers = headers
    headers.set("Content-Type", "application/problem+json")
    var json = "{\"type\":"
    appendQuoted(type, to: &json)
    json += ",\"title\":"
    appendQuoted(title ?? HTTPStatus.phrase(status), to: &json)
    json += ",\"status\":\(status),\"detail\":"
    appendQuoted(detail, to: &json)
    json += "}"
    return HTTPResponse(status: status, headers: headers, body: Array(json.utf8))
  }

  private static func appendQuoted(_ text: String, to json: inout String) {
    json += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: json.unicodeScalars.append(scalar)
      }
    }
    json += "\""
  }
}
