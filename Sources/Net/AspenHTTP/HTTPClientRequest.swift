/// A request to be sent.
package struct HTTPClientRequest: Sendable {
  /// The method, a token.
  package var method: String
  /// Where to; scheme http or https.
  package var url: HTTPURL
  /// Fields beside Content-Length, Connection and Transfer-Encoding, which the client writes; Host
  /// only if it differs from the address.
  package var headers: HTTPHeaders
  /// The body; empty for none.
  package var body: [UInt8]
  /// From the call to the complete response.
  package var timeout: Duration

  /// A request.
  package init(
    method: String = "GET", url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8] = [],
    timeout: Duration = .seconds(30)
  ) {
    precondition(!method.isEmpty && method.utf8.allSatisfy(HTTPSyntax.isToken), "a token")
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }

  /// Whether sending it twice does what sending it once does (RFC 9110 9.2.2).
  var isIdempotent: Bool {
    ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method)
  }

  /// The head on the wire.
  package func encodedHead() -> [UInt8] {
    var text = "\(method) \(url.pathAndQuery) HTTP/1.1\r\n"
    if headers["Host"] == nil { text += "Host: \(url.hostField)\r\n" }
    for (name, value) in headers {
      switch name.lowercased() {
      case "content-length", "connection", "transfer-encoding": continue
      default: text += "\(name): \(value)\r\n"
      }
    }
    if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
      text += "Content-Length: \(body.count)\r\n"
    }
    text += "\r\n"
    return Array(text.utf8)
  }
}
