package import AspenNet

/// Why a WebSocket could not be opened.
package enum WebSocketError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No connection: refused, unreachable, unknown host, failed TLS.
  case network(NetError)
  /// The deadline passed.
  case timedOut
  /// The server answered with another status than 101.
  case refused(status: Int, detail: String)
  /// The answer is not a valid handshake.
  case badHandshake(String)
  /// The task was cancelled.
  case cancelled

  /// The failure in words.
  package var description: String {
    switch self {
    case .network(let error): error.description
    case .timedOut: "timed out"
    case .refused(let status, let detail):
      "the server refused with status \(status)" + (detail.isEmpty ? "" : ": \(detail)")
    case .badHandshake(let why): "the WebSocket handshake failed: \(why)"
    case .cancelled: "cancelled"
    }
  }

  /// The status that the server answered, if it did.
  package var status: Int? {
    if case .refused(let status, _) = self { status } else { nil }
  }
}
