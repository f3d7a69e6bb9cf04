package import AspenNet

/// Why a request has no response.
package enum HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The address cannot be used, and why.
  case invalidURL(String, String)
  /// No connection: refused, unreachable, unknown host, failed TLS.
  case network(NetError)
  /// The request's deadline passed.
  case timedOut
  /// The server ended the connection before the response was complete.
  case closed
  /// The response breaks HTTP's rules.
  case malformedResponse(String)
  /// The body is larger than the limit in bytes.
  case bodyTooLarge(Int)
  /// The limit of connections to one origin is reached.
  case tooManyConnections(Int)
  /// The task was cancelled.
  case cancelled

  /// The failure in words.
  package var description: String {
    switch self {
    case .invalidURL(let url, let why): "\"\(url)\" cannot be used as an address: \(why)"
    case .network(let error): error.description
    case .timedOut: "timed out"
    case .closed: "the server closed the connection before its response was complete"
    case .malformedResponse(let detail): "the response is malformed: \(detail)"
    case .bodyTooLarge(let limit): "the response is larger than \(limit) bytes"
    case .tooManyConnections(let limit): "there are already \(limit) connections to this server"
    case .cancelled: "cancelled"
    }
  }
}
