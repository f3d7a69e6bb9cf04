import AspenNet
import CLibPQ
import Logging

/// One supervised session with the database: connects on its loop, pipelines requests, reads results and
/// notifications, and connects again for ever when the session ends.
///
/// What to do is decided by `ReconnectState`, `PipelineState` and `StatementCache`; here it is done with
/// libpq, whose socket is watched level-triggered, as it need not be drained. The `PGconn` is owned
/// by this object and freed at the end of each session.
///
/// All members are confined to `loop`, which is why the class may be sent (`ReadinessSource`).
final class PostgresConnection: ReadinessSource, @unchecked Sendable {
  enum Event: Sendable {
    /// A session began; requests carry its epoch. With `isPooled` the session is not one of the server:
    /// each transaction may run in another.
    case ready(epoch: UInt64, isPooled: Bool)
    /// The session ended or could not begin.
    case down(message: String)
    /// The session was ended on purpose, or after it had held for long, and the next one begins.
    case replacing
    /// A request left the pipeline.
    case served
    case notification(channel: String, payload: String)
  }

  let loop: EventLoop
  private let configuration: PostgresConfiguration
  private let limits: PostgresLimits
  private let log: Logger
  private let onEvent: @Sendable (Event) -> Void
  private var handle: OpaquePointer?
  private var watchedSocket: Int32 = -1
  private var watchedFor: Readiness = []
  private var reconnect: ReconnectState
  /// Whether the socket is open and the server is being asked who it is.
  private var isIntroducing = false
  /// Whether a connection pooler stands between this program and the server.
  private(set) var isPooled = false
  /// False when whoever answers refuses settings in the start-up message, as PgBouncer does.
  private var sendsSettings = true
  private var pipeline = PipelineState()
  private var statements: StatementCache
  private var epoch: UInt64 = 0
  private var connectTimer: LoopTimer?
  private var deadlineTimer: LoopTimer?
  private var willFlush = false
  private var lastLoggedFailure: String?

  init(
    configuration: PostgresConfiguration, limits: PostgresLimits, loop: EventLoop, log: Logger,
    onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.configuration = configuration
    self.limits = limits
    self.loop = loop
    self.log = log
    self.onEvent = onEvent
    reconnect = ReconnectState(delays: limits.reconnectDelays)
    statements = StatementCache(capacity: limits.maxPreparedStatements)
  }

  deinit {
    if let handle { PQfinish(handle) }
  }

  // MARK: Requests

  /// Sends a request within the session `epoch`, or within whichever there is. Loop thread only.
  func submit(_ request: PostgresRequest, epoch: UInt64? = nil) {
    loop.preconditionInLoop()
    if request.isFinished {
      // Cancelled or timed out on its way here.
      onEvent(.served)
      return
    }
    let isInSession = reconnect.phase == .ready && (epoch == nil || epoch == self.epoch)
    guard isInSession, pipeline.count < limits.maxPendingRequests else {
      request.finish(
        .failure(
          .unavailable(isInSession ? "too many requests are waiting" : "the connection is lost")))
      onEvent(.served)
      return
    }
    pipeline.submit(request)
    sendWaiting()
    watchDeadlines()
  }

  /// Asks the server to stop what it is doing for this session. Loop thread only; the asking itself
  /// blocks and is done elsewhere.
  func cancelRunning(epoch: UInt64) {
    guard epoch == self.epoch, pipeline.isRunning, let handle,
      let cancellation = PostgresCancellation(handle)
    else { return }
    cancellation.send()
  }

  /// The epoch of the working session, if there is one. Loop thread only.
  var session: UInt64? { reconnect.phase == .ready ? epoch : nil }

  /// Whether the session is outside a transaction. Loop thread only.
  var isIdle: Bool {
    handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false
  }

  // MARK: Session

  /// Begins the first session. Loop thread only.
  func start() {
    if reconnect.start() { resolve() }
  }

  /// Ends the session `epoch` and begins another at once. Loop thread only.
  func replace(epoch: UInt64) {
    guard epoch == self.epoch, reconnect.replace() else { return }
    endSession(.unavailable("the connection is being replaced"))
    onEvent(.replacing)
    resolve()
  }

  /// Ends everything; requests under way fail. Loop thread only.
  func close() {
    reconnect.close()
    endSession(.unavailable("the pool is closed"))
    onEvent(.down(message: "the pool is closed"))
  }

  override func loopStopped() {
    close()
  }

  override func ready(_ readiness: Readiness) {
    if reconnect.phase == .connecting {
      if isIntroducing { introduce() } else { pollConnecting() }
    } else if reconnect.phase == .ready {
      if readiness.contains(.writable) { flush() }
      receive()
    }
  }

  override func turnEnded() {
    willFlush = false
    flush()
  }

  private func resolve() {
    epoch += 1
    let names = Set(configuration.hosts.filter(\.needsResolution).map(\.name))
    if names.isEmpty {
      connect(addresses: [:])
      return
    }
    let epoch = epoch
    let timeout = limits.connectTimeout
    // Ends by itself within the timeout; a stale outcome is dropped by its epoch.
    loop.runTask { [weak self] in
      var addresses: [String: [String]] = [:]
      var failure = "no host name has an address"
      for name in names.sorted() {
        do throws(NetError) {
          addresses[name] = try await Resolver.resolve(host: name, port: 0, timeout: timeout)
            .map(\.host)
        } catch {
          failure = error.description
        }
      }
      let (found, message) = (addresses, failure)
      self?.loop.execute { [weak self] in
        guard let self, self.epoch == epoch, self.reconnect.phase == .connecting else { return }
        if found.isEmpty {
          self.lose(message)
        } else {
          self.connect(addresses: found)
        }
      }
    }
  }

  private func connect(addresses: [String: [String]]) {
    let (keywords, values) = configuration.parameters(
      addresses: addresses, attempt: reconnect.attempt, sendsSettings: sendsSettings)
    handle = CStrings.withPointers(keywords) { keywords in
      CStrings.withPointers(values) { values in PQconnectStartParams(keywords, values, 0) }
    }
    guard let handle else { return lose("out of memory") }
    guard PQstatus(handle) != CONNECTION_BAD else { return lose(Self.message(of: handle)) }
    // Notices would go to stderr otherwise.
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    connectTimer = loop.schedule(after: limits.connectTimeout) { [weak self] in
      self?.lose("no connection within \(self?.limits.connectTimeout ?? .zero)")
    }
    watch(.writable)
  }

  private func pollConnecting() {
    guard let handle else { return }
    // libpq may close the socket and open another with the same number.
    unwatch()
    switch PQconnectPoll(handle) {
    case PGRES_POLLING_READING: watch(.readable)
    case PGRES_POLLING_WRITING: watch(.writable)
    case PGRES_POLLING_OK: established(handle)
    default: refused(Self.message(of: handle))
    }
  }

  private func refused(_ message: String) {
    guard sendsSettings, message.contains("unsupported startup parameter") else {
      return lose(message)
    }
    // PgBouncer, which was not told to ignore them: at once again without.
    sendsSettings = false
    endSession(.unavailable(message))
    resolve()
  }

  /// Asks for the number of the server's process. A pooler has told us another, of its own making, as
  /// it must to know what to cancel; so this finds every one of them, however it is set up.
  private func established(_ handle: OpaquePointer) {
    guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1,
      PQsendQueryParams(
        handle, "SELECT pg_backend_pid() AS process", 0, nil, nil, nil, nil, 0) == 1,
      PQpipelineSync(handle) == 1
    else {
      return lose(Self.message(of: handle))
    }
    isIntroducing = true
    // What does not fit at once goes with the next readiness.
    watch(PQflush(handle) == 0 ? .readable : [.readable, .writable])
  }

  private func introduce() {
    guard let handle, PQconsumeInput(handle) == 1 else {
      return lose(handle.map(Self.message) ?? "the connection ended")
    }
    while PQisBusy(handle) == 0 {
      switch PQgetResult(handle).map(PostgresResult.event) ?? .end {
      case .done(let result):
        let process = try? result.rows.first?.int("process")
        isPooled = process != Int64(PQbackendPID(handle))
      case .sync: return introduced()
      case .failed(let error): return lose("\(error)")
      case .aborted, .end:
        if PQstatus(handle) == CONNECTION_BAD { return lose(Self.message(of: handle)) }
      }
    }
  }

  private func introduced() {
    if !isPooled, !sendsSettings {
      // Another than the pooler that refused them.
      sendsSettings = true
      return lose("the session is without settings")
    }
    connectTimer?.cancel()
    isIntroducing = false
    statements = StatementCache(capacity: isPooled ? 0 : limits.maxPreparedStatements)
    reconnect.connected(at: loop.now)
    lastLoggedFailure = nil
    log.debug(
      "database connected",
      metadata: ["database": "\(configuration)", "pooled": "\(isPooled)"])
    onEvent(.ready(epoch: epoch, isPooled: isPooled))
  }

  /// The session ended or did not begin; the next is tried after a pause.
  private func lose(_ message: String) {
    guard let delay = reconnect.failed(at: loop.now) else { return }
    endSession(.unavailable(message))
    if lastLoggedFailure != message {
      // Once for each cause, not for each attempt.
      lastLoggedFailure = message
      log.warning(
        "database connection failed",
        metadata: ["database": "\(configuration)", "error": "\(message)"])
    }
    // What is tried again at once is worth waiting for.
    onEvent(delay == .zero ? .replacing : .down(message: message))
    loop.schedule(after: delay) { [weak self] in
      if let self, self.reconnect.retryDue() { self.resolve() }
    }
  }

  private func endSession(_ error: PostgresError) {
    connectTimer?.cancel()
    deadlineTimer?.cancel()
    deadlineTimer = nil
    unwatch()
    if let handle { PQfinish(handle) }
    handle = nil
    isIntroducing = false
    for answer in pipeline.abandon(error) { deliver(answer) }
  }

  // MARK: Socket

  private func watch(_ readiness: Readiness) {
    guard let handle else { return }
    let socket = PQsocket(handle)
    do {
      try loop.watch(socket, for: readiness, mode: .level, source: self)
      watchedSocket = socket
      watchedFor = readiness
    } catch {
      lose(error.description)
    }
  }

  private func unwatch() {
    guard watchedSocket >= 0 else { return }
    loop.unwatch(watchedSocket)
    watchedSocket = -1
  }

  private func flush() {
    guard reconnect.phase == .ready, let handle else { return }
    let rest = PQflush(handle)
    guard rest >= 0 else { return lose(Self.message(of: handle)) }
    let wanted: Readiness = rest > 0 ? [.readable, .writable] : .readable
    if wanted != watchedFor {
      watchedFor = wanted
      loop.rearm(watchedSocket, for: wanted)
    }
  }

  private func sendWaiting() {
    while let handle, let request = pipeline.next(at: loop.now) {
      switch send(request, on: handle) {
      case .success(true): continue
      case .success(false): return lose(Self.message(of: handle))
      case .failure(let error):
        // Never sent: the pipeline answers it with a sync of our own.
        request.finish(.failure(error))
        guard PQpipelineSync(handle) == 1 else { return lose(Self.message(of: handle)) }
      }
    }
    if !willFlush {
      willFlush = true
      loop.notifyAtEndOfTurn(self)
    }
  }

  /// Queues a request in libpq; false if libpq cannot.
  private func send(
    _ request: PostgresRequest, on handle: OpaquePointer
  ) -> Result<Bool, PostgresError> {
    if request.kind == .script {
      return .success(PQexitPipelineMode(handle) == 1 && PQsendQuery(handle, request.sql) == 1)
    }
    let parameters: PostgresParameters
    do {
      parameters = try PostgresParameters(request.values)
    } catch {
      return .failure(error)
    }
    let begins = request.kind == .begin
    let isSent = parameters.withPointers { count, values, lengths, formats in
      switch statements.use(request.sql) {
      case .prepared(let name):
        PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) == 1
      case .prepare(let name):
        PQsendPrepare(handle, name, request.sql, 0, nil) == 1
          && PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) == 1
      case .unnamed:
        PQsendQueryParams(handle, request.sql, count, nil, values, lengths, formats, 0) == 1
      }
    }
    return .success(
      isSent && (!begins || sendLocalSettings(handle)) && PQpipelineSync(handle) == 1)
  }

  /// A pooler drops settings of the session; those of a transaction it need not know of. Single statements
  /// go without, since it would cost them 0.1 ms more each.
  private func sendLocalSettings(_ handle: OpaquePointer) -> Bool {
    !isPooled
      || PQsendQueryParams(
        handle, configuration.localSettings, 0, nil, nil, nil, nil, 0) == 1
  }

  private func receive() {
    guard let handle else { return }
    let isAlive = PQconsumeInput(handle) == 1
    while let notification = PQnotifies(handle) {
      onEvent(
        .notification(
          channel: String(cString: notification.pointee.relname),
          payload: String(cString: notification.pointee.extra)))
      PQfreemem(notification)
    }
    while pipeline.isRunning, PQisBusy(handle) == 0 {
      let event = PQgetResult(handle).map(PostgresResult.event) ?? .end
      if case .failed(.unavailable(let message)) = event {
        return lose(message)
      }
      if case .failed(let error) = event, error.sqlstate == "25006", isReadOnly(handle) {
        return lose("the server takes no writes")
      }
      guard let answer = pipeline.received(event, at: loop.now) else {
        if PQstatus(handle) == CONNECTION_BAD { break }
        continue
      }
      if answer.request.kind == .script, PQenterPipelineMode(handle) == 0 {
        deliver(answer)
        return lose(Self.message(of: handle))
      }
      deliver(answer)
      sendWaiting()
      guard self.handle == handle else { return }
    }
    if !isAlive || PQstatus(handle) == CONNECTION_BAD { lose(Self.message(of: handle)) }
  }

  /// Whether the server is a standby, or a primary that was told to refuse writes: another may have taken
  /// its place. It says so itself whenever that changes (PostgreSQL 34.2, `PQparameterStatus`).
  private func isReadOnly(_ handle: OpaquePointer) -> Bool {
    let names = ["in_hot_standby", "default_transaction_read_only"]
    return names.contains { (name: String) in
      PQparameterStatus(handle, name).map { String(cString: $0) } == "on"
    }
  }

  private func deliver(_ answer: PipelineState.Answer) {
    var failure: PostgresError?
    if case .failure(let error) = answer.result { failure = error }
    statements.answered(answer.request.sql, commandsDone: answer.commandsDone, failure)
    // First, so that a caller who has its answer finds its place free.
    onEvent(.served)
    answer.request.finish(answer.result)
  }

  // MARK: Deadlines

  /// Looks at all deadlines a few times a second while there are any: cheaper than a timer each, and
  /// the server's own `statement_timeout` is the precise one.
  private func watchDeadlines() {
    guard deadlineTimer == nil, pipeline.count > 0 else { return }
    deadlineTimer = loop.schedule(after: .milliseconds(200)) { [weak self] in
      guard let self else { return }
      self.deadlineTimer = nil
      self.enforceDeadlines()
      self.watchDeadlines()
    }
  }

  private func enforceDeadlines() {
    for request in pipeline.overdue(at: loop.now) { request.finish(.failure(.timeout)) }
    guard let head = pipeline.head, let since = pipeline.headSince else { return }
    // The server ends a statement at its timeout, so silence past both means that it is not there.
    let patience = max(since + limits.statementTimeout, head.deadline) + limits.silenceGrace
    if patience < loop.now {
      // Behind a pooler nobody else ends the statement, and it may hold locks.
      cancelRunning(epoch: epoch)
      lose("the server has been silent too long")
    }
  }

  private static func message(of handle: OpaquePointer) -> String {
    guard let text = PQerrorMessage(handle) else { return "unknown" }
    var message = Substring(String(cString: text))
    while message.last?.isWhitespace == true { message.removeLast() }
    return message.isEmpty ? "the connection ended" : String(message)
  }
}
