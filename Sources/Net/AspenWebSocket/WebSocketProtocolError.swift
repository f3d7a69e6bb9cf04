/// A peer's violation of RFC 6455, with the close code to answer.
package struct WebSocketProtocolError: Error, Sendable, Equatable, CustomStringConvertible {
  /// 1002 protocol error, 1007 not UTF-8, 1009 too big.
  package let code: UInt16
  /// What the peer did, in words for the close reason.
  package let description: String

  static func malformed(_ text: String) -> WebSocketProtocolError {
    WebSocketProtocolError(code: 1002, description: text)
  }

  static let notUTF8 = WebSocketProtocolError(code: 1007, description: "text is not UTF-8")

  static func tooBig(_ limit: Int) -> WebSocketProtocolError {
    WebSocketProtocolError(code: 1009, description: "message is larger than \(limit) bytes")
  }
}
