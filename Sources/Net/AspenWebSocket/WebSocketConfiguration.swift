/// The limits and deadlines of a WebSocket connection.
package struct WebSocketConfiguration: Sendable {
  /// Most bytes of a message, all fragments together; beyond: closed with 1009.
  package var maxMessageBytes = 1024 * 1024
  /// How long the peer may be silent before it is pinged.
  package var pingInterval = Duration.seconds(20)
  /// How long it may stay silent after that; beyond: closed.
  package var pingTimeout = Duration.seconds(20)
  /// How long the peer may take no byte of what is queued; beyond: closed.
  package var writeTimeout = Duration.seconds(30)
  /// How long the peer may take to answer a close frame and to end the connection.
  package var closeTimeout = Duration.seconds(5)
  /// Most bytes queued for the peer; beyond: closed.
  package var maxQueuedBytes = 16 * 1024 * 1024

  /// The defaults.
  package init() {}
}
