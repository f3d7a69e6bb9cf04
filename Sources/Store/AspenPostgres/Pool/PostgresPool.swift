package import AspenNet
package import Logging
import Synchronization

/// A few connections to one database, shared by everyone in the process.
///
/// Statements are pipelined, each its own transaction; one that takes long delays those that were sent
/// behind it on its connection, so long work belongs into a transaction. While the database is down every
/// request fails at once with `.unavailable`; the connections come back by themselves. Sessions have
/// `statement_timeout`, `idle_in_transaction_session_timeout`, UTF-8, `bytea_output = hex` and
/// `jit = off` set.
///
/// A connection pooler that gives each transaction another session, such as PgBouncer in transaction mode,
/// is found when a connection begins. Then statements are not prepared; transactions set these settings
/// for themselves, and statements outside of one have what the role has set; and where listening is asked
/// for, the database is polled unless `listenURL` goes past the pooler.
package final class PostgresPool: PostgresExecutor {
  private struct Waiting {
    var queries: [UInt64: PostgresRequest] = [:]
    var leases: [UInt64: LeaseRequest] = [:]
  }

  private struct Shared {
    var state: PoolState
    var waiting = Waiting()
    var sequence: UInt64 = 0
    var listener: PostgresListener?
  }

  let limits: PostgresLimits
  private let listenConfiguration: PostgresConfiguration
  let loops: [EventLoop]
  let log: Logger
  private let connections: [PostgresConnection]
  private let shared: Mutex<Shared>

  /// Connects in the background. `url` is a libpq URL or `key=value` text; a malformed one throws
  /// `.configuration`. Connections are spread over `loops`. `listenURL` is where the database is reached
  /// without a pooler, if `url` goes through one.
  package init(
    url: String, listenURL: String? = nil, connections count: Int = 4, loops: [EventLoop],
    limits: PostgresLimits = PostgresLimits(), log: Logger
  ) throws(PostgresError) {
    precondition(!loops.isEmpty, "a pool needs an event loop")
    self.limits = limits
    self.loops = loops
    self.log = log
    let configuration = try PostgresConfiguration(url: url, limits: limits)
    listenConfiguration =
      try listenURL.map { (url) throws(PostgresError) in
        try PostgresConfiguration(url: url, limits: limits)
      } ?? configuration
    shared = Mutex(
      Shared(state: PoolState(connections: count, maxPending: limits.maxPendingRequests)))
    let events = PoolEvents()
    connections = (0..<count).map { slot in
      PostgresConnection(
        configuration: configuration, limits: limits, loop: loops[slot % loops.count], log: log
      ) { event in events.pool?.received(event, from: slot) }
    }
    events.pool = self
    for connection in connections { connection.loop.execute { connection.start() } }
  }

  deinit {
    for connection in connections { connection.loop.execute { connection.close() } }
  }

  /// Ends all connections; requests under way fail with `.unavailable`. Returns when they are closed.
  package func close() async {
    let (grants, listener) = shared.withLock { shared in
      let listener = shared.listener
      shared.listener = nil
      return (shared.state.close(), listener)
    }
    perform(grants)
    await listener?.close()
    for connection in connections {
      await connection.closed()
    }
  }

  // MARK: Statements

  /// Runs one statement by itself, on any connection.
  package func query(
    _ sql: String, _ values: [PostgresValue]
  ) async throws(PostgresError) -> [PostgresRow] {
    let request = PostgresRequest(sql, values, timeout: limits.statementTimeout)
    return try await request.answer { submit(request) }.rows
  }

  private func submit(_ request: PostgresRequest) {
    let (id, decision) = shared.withLock { shared in
      shared.sequence += 1
      let id = shared.sequence
      let decision = shared.state.requestQuery(id)
      if case .wait = decision { shared.waiting.queries[id] = request }
      return (id, decision)
    }
    switch decision {
    case .use(let lease): send(request, lease)
    case .refuse(let error): request.finish(.failure(error))
    case .wait(let isConnected): giveUpLater(id, isConnected: isConnected)
    }
  }

  private func send(_ request: PostgresRequest, _ lease: PoolState.Lease) {
    let connection = connections[lease.slot]
    if connection.loop.inLoop {
      connection.submit(request)
    } else if !connection.loop.execute({ connection.submit(request) }) {
      refuseForStoppedLoop(request, lease.slot)
    }
  }

  // MARK: Leases

  /// Takes a connection for one transaction.
  func lease() async throws(PostgresError) -> PostgresLease {
    let request = LeaseRequest()
    return try await request.answer { submit(request) }
  }

  private func submit(_ request: LeaseRequest) {
    let (id, decision) = shared.withLock { shared in
      shared.sequence += 1
      let id = shared.sequence
      let decision = shared.state.requestLease(id)
      if case .wait = decision { shared.waiting.leases[id] = request }
      return (id, decision)
    }
    switch decision {
    case .use(let lease): grant(request, lease)
    case .refuse(let error): _ = request.finish(.failure(error))
    case .wait(let isConnected): giveUpLater(id, isConnected: isConnected)
    }
  }

  private func grant(_ request: LeaseRequest, _ lease: PoolState.Lease) {
    let lease = PostgresLease(connection: connections[lease.slot], place: lease)
    // The waiter may have been cancelled.
    if !request.finish(.success(lease)) { end(lease) }
  }

  /// Sends a statement of the holder of a lease.
  func submit(_ request: PostgresRequest, in lease: PostgresLease) {
    shared.withLock { $0.state.sent(lease.place.slot) }
    let isAccepted = lease.connection.loop.execute {
      lease.connection.submit(request, epoch: lease.place.epoch)
    }
    if !isAccepted { refuseForStoppedLoop(request, lease.place.slot) }
  }

  private func refuseForStoppedLoop(_ request: PostgresRequest, _ slot: Int) {
    shared.withLock { $0.state.served(slot) }
    request.finish(.failure(.unavailable("the event loop has stopped")))
  }

  /// Gives a connection back; one in an unknown state is replaced.
  func end(_ lease: PostgresLease, mustReplace: Bool = false) {
    lease.connection.loop.execute { [self] in
      if mustReplace || !lease.connection.isIdle {
        lease.connection.replace(epoch: lease.place.epoch)
      }
      perform(shared.withLock { $0.state.leaseEnded(lease.place.slot) })
    }
  }

  // MARK: Notifications

  /// Calls `onNotify` with the payload of every notification on `channel`, and with an empty text each
  /// time listening begins or begins again: whatever was said before is lost, so look for yourself. Runs
  /// on an event loop, until the pool is closed.
  ///
  /// Through a pooler nothing can be listened to. There `poll` is run ten times a second: one row whose
  /// only column, a text or whole number, is the payload whenever it has changed.
  package func listen(
    channel: String, orPoll poll: String, _ onNotify: @escaping @Sendable (String) -> Void
  ) {
    let listener = shared.withLock { shared in
      let listener =
        shared.listener
        ?? PostgresListener(
          configuration: listenConfiguration, limits: limits, loop: loops[0], log: log)
      shared.listener = listener
      return listener
    }
    listener.add(channel: channel, orPoll: poll, onNotify)
  }

  // MARK: Events

  private func received(_ event: PostgresConnection.Event, from slot: Int) {
    let grants = shared.withLock { shared -> [PoolState.Grant] in
      switch event {
      case .ready(let epoch, _): return shared.state.becameReady(slot, epoch: epoch)
      case .down(let message): return shared.state.wentDown(slot, message)
      case .replacing: shared.state.isBeingReplaced(slot)
      case .served: shared.state.served(slot)
      case .notification: break
      }
      return []
    }
    perform(grants)
  }

  private func perform(_ grants: [PoolState.Grant]) {
    for grant in grants {
      switch grant {
      case .query(let id, let lease):
        let request = shared.withLock { $0.waiting.queries.removeValue(forKey: id) }
        if let request { send(request, lease) }
      case .lease(let id, let lease):
        let request = shared.withLock { $0.waiting.leases.removeValue(forKey: id) }
        if let request { self.grant(request, lease) }
      case .refusal(let id, let error):
        refuse(id, error)
      }
    }
  }

  private func refuse(_ id: UInt64, _ error: PostgresError) {
    let (query, lease) = shared.withLock { shared in
      (
        shared.waiting.queries.removeValue(forKey: id),
        shared.waiting.leases.removeValue(forKey: id)
      )
    }
    query?.finish(.failure(error))
    _ = lease?.finish(.failure(error))
  }

  private func giveUpLater(_ id: UInt64, isConnected: Bool) {
    let patience = isConnected ? limits.statementTimeout : limits.firstConnectionWait
    let error = PostgresError.unavailable(
      "no connection \(isConnected ? "was free" : "could be made") within \(patience)")
    loops[0].execute { [weak self] in
      self?.loops[0].schedule(after: patience) { [weak self] in
        guard let self, self.shared.withLock({ $0.state.withdraw(id) }) else { return }
        self.refuse(id, error)
      }
    }
  }
}

/// Lets connections, which are made before the pool is complete, find it without keeping it alive.
///
/// `@unchecked Sendable`: set once before the connections start, which happens on their loops and so
/// after it; only read from then on.
private final class PoolEvents: @unchecked Sendable {
  weak var pool: PostgresPool?
}
