/// The limits and deadlines of a server. Every one of them is there because a client could
/// otherwise hold memory, a connection or a task for ever.
package struct HTTPServerConfiguration: Sendable {
  /// Most bytes and fields of a request head; beyond: 414 or 431.
  package var head = HTTPHeadParser.Limits()
  /// Most bytes of a request body; beyond: 413.
  package var bodyBytes = 1024 * 1024
  /// From the first byte of a head (or the connection's start) to its end; beyond: 408.
  package var headTimeout = Duration.seconds(10)
  /// From the head to the end of the body; beyond: 408.
  package var bodyTimeout = Duration.seconds(30)
  /// Between requests of a connection; beyond: closed without a word.
  package var idleTimeout = Duration.seconds(60)
  /// How long the peer may take no byte of a response; beyond: closed.
  package var writeTimeout = Duration.seconds(30)
  /// How long a handler may take; beyond: it is cancelled and 503 is answered.
  package var handlerTimeout = Duration.seconds(120)
  /// Connections at once, those of upgraded protocols included; beyond: 503 and closed.
  package var maxConnections = 10_000
  /// Of these, from one address; unix sockets are not counted by address.
  package var maxConnectionsPerPeer = 2_000

  /// The defaults.
  package init() {}
}
