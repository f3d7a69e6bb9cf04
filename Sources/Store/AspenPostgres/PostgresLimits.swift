/// The bounds of a pool. The defaults suit a controller; tests shorten some.
package struct PostgresLimits: Sendable, Hashable {
  /// How long one attempt to connect may take: TCP, TLS and authentication over a slow link.
  package var connectTimeout: Duration = .seconds(5)
  /// How long a request waits for the first connection. Then the database counts as down.
  package var firstConnectionWait: Duration = .seconds(2)
  /// How long a statement may take on the server; also how long a caller waits for its answer or for
  /// a free connection.
  package var statementTimeout: Duration = .seconds(10)
  /// How much longer than `statementTimeout` a silent server is believed to be alive.
  package var silenceGrace: Duration = .seconds(2)
  /// How long a transaction may do nothing before the server ends it and its connection.
  package var idleInTransactionTimeout: Duration = .seconds(30)
  /// The most requests sent or waiting; more are refused with `.unavailable`. 1024 at 20 µs of server
  /// time each is some 20 ms of work for one connection.
  package var maxPendingRequests = 1_024
  /// How often a transaction is tried when others are in its way (SQLSTATE 40001, 40P01).
  package var maxTransactionAttempts = 5
  /// The first and the longest pause between two attempts to connect.
  /// The longest is what a program is away longer than its database.
  package var reconnectDelays: ClosedRange<Duration> = .milliseconds(100) ... .milliseconds(500)
  /// How often a listener looks where notifications cannot pass: half of it is what it hears late, and
  /// it costs ten statements of some 0.05 ms a second.
  package var pollPeriod = Duration.milliseconds(100)
  /// The most statements that a connection keeps prepared; others are parsed each time.
  package var maxPreparedStatements = 256

  /// The default bounds.
  package init() {}
}
