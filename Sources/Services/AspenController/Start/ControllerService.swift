import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenModel
import AspenNet
import AspenPostgres
import AspenRuntime
import AspenStore
package import AspenTelemetry
package import Logging

/// One controller process: starts its parts, runs until told to stop, stops them in order.
package struct ControllerService: Sendable {
  private let configuration: ControllerConfiguration
  private let log: Logger
  private let recentLog: RecentLog

  private enum Periods {
    static let trim = Duration.seconds(600)
    static let drain = Duration.seconds(3)
  }

  /// 1,000 documents of an apply, each with some labels and annotations.
  private static let maxBodyBytes = 2 * 1024 * 1024

  /// A service that is not yet running.
  package init(configuration: ControllerConfiguration, log: Logger, recentLog: RecentLog) {
    self.configuration = configuration
    self.log = log
    self.recentLog = recentLog
  }

  /// Runs until `stop` returns. `onReady` is told the address that is listened on.
  package func run(
    loopCount: Int, onReady: @Sendable (String) -> Void, until stop: @Sendable () async -> Void
  ) async throws {
    let loops = try EventLoopGroup(count: loopCount, name: "aspen")
    defer { loops.stop() }
    let pool = try PostgresPool(
      url: configuration.databaseURL.revealed,
      listenURL: configuration.databaseListenURL?.revealed, connections: 4, loops: loops.loops,
      log: log)
    let leadershipPool = try PostgresPool(
      url: configuration.databaseURL.revealed, connections: 1, loops: loops.loops,
      limits: Self.leadershipLimits, log: log)
    let result: Result<Void, any Error>
    do {
      result = .success(try await serve(loops, pool, leadershipPool, onReady, until: stop))
    } catch {
      result = .failure(error)
    }
    await leadershipPool.close()
    await pool.close()
    try result.get()
  }

  /// Of the connection by which leadership is asked for: an answer that takes long is of no use.
  private static var leadershipLimits: PostgresLimits {
    var limits = PostgresLimits()
    limits.connectTimeout = .seconds(1)
    limits.statementTimeout = .seconds(3)
    limits.silenceGrace = .milliseconds(500)
    limits.reconnectDelays = .milliseconds(50) ... .milliseconds(500)
    return limits
  }

  private func serve(
    _ loops: EventLoopGroup, _ pool: PostgresPool, _ leadershipPool: PostgresPool,
    _ onReady: @Sendable (String) -> Void,
    until stop: @Sendable () async -> Void
  ) async throws {
    let applied = try await Migrator.load(directory: configuration.migrationsDirectory).migrate(
      pool)
    if !applied.isEmpty { log.info("database migrated", metadata: ["applied": "\(applied.count)"]) }
    let store = Store(pool: pool)
    let secrets = try await secrets(store)
    let setup = try await FirstStart(
      store: store, configuration: configuration, now: Self.now, log: log
    ).run()
    let parts = ControllerParts(
      configuration: configuration, store: store, leadershipStore: Store(pool: leadershipPool),
      sealer: secrets, loops: loops.loops, log: log, recentLog: recentLog)
    parts.listen()

    let main = loops.loops[0]
    let tasks = parts.begin(on: main) + [main.runTask { await trim(store, parts, on: main) }]
    var limits = HTTPServerConfiguration()
    limits.bodyBytes = Self.maxBodyBytes
    let server = HTTPServer(
      configuration: limits, loops: loops.loops, log: log,
      handler: { [dispatcher = parts.dispatcher] request in await dispatcher.respond(to: request) })
    let tls = try configuration.tls.map { files in
      try TLSServerContext(
        certificateChainFile: files.certificate, privateKeyFile: files.key, alpn: ["http/1.1"])
    }
    let address = try server.listen(
      on: SocketAddress(ip: configuration.listen.ip, port: configuration.listen.port), tls: tls)
    log.info("controller listens", metadata: ["address": "\(address)", "tls": "\(tls != nil)"])
    let scheme = tls == nil ? "http" : "https"
    try announce(parts, at: address, scheme)
    onReady("\(scheme)://\(address)")
    if let setup {
      StandardOutput.write(
        line: "first administrator: \(scheme)://\(address)/#setup=\(setup.revealed)")
    }
    await stop()

    log.info("controller stops")
    for task in tasks { task.cancel() }
    await parts.resign()
    parts.closeConnections(reason: "the controller stops")
    await server.drain(deadline: Periods.drain)
    for task in tasks { await task.value }
  }

  private func announce(
    _ parts: ControllerParts, at address: SocketAddress, _ scheme: String
  ) throws {
    let advertised =
      configuration.advertiseURL
      ?? (configuration.listen.isWildcard ? nil : "\(scheme)://\(address)")
    if advertised == nil {
      log.info("workers are not told of this controller: advertise_url is not set")
    }
    let name = try configuration.name ?? configuration.name(port: address.port)
    parts.announce(name: name, address: advertised)
  }

  private static let now: @Sendable () -> Timestamp = {
    Timestamp(microseconds: SystemClock.nowMicroseconds())
  }

  /// The keys that seal secrets. What an earlier version kept in the clear is sealed at once.
  private func secrets(_ store: Store) async throws -> SecretSealer? {
    guard let path = configuration.secretsKeyFile else {
      log.warning(
        "no secrets_key_file: passwords of cameras cannot be stored and links cannot be signed")
      return nil
    }
    if !ProtectedFile.exists(path) {
      _ = try SealingKeyFile.create(at: path)
      log.info("key to seal secrets made", metadata: ["file": "\(path)"])
    }
    let sealer = SecretSealer(try SealingKeyFile.load(path))
    let count = try await SecretSealing(store: store, sealer: sealer).sealLegacy()
    if count > 0 {
      log.info("passwords sealed", metadata: ["count": "\(count)"])
      await removeClearPasswords(store)
    }
    return sealer
  }

  /// A start does not depend on it: a table that takes too long is left to the operator.
  private func removeClearPasswords(_ store: Store) async {
    do {
      try await CredentialQueries.removeDeadVersions(store.pool)
    } catch {
      log.warning(
        "dead rows still hold passwords in the clear: run VACUUM cameras in the database",
        metadata: ["error": "\(error)"])
    }
  }

  /// How long things are kept that nobody deletes.
  private enum Retention {
    /// Whoever followed the changes and was away longer lists everything again.
    static let feedAge = Duration.seconds(7 * 24 * 3600)
    static let feedEntries = 1_000_000
    static let idempotencyKeys = Duration.seconds(24 * 3600)
    /// Of what is deleted; whatever still exists keeps its newest versions.
    static let history = Duration.seconds(90 * 24 * 3600)
    static let operations = Duration.seconds(30 * 24 * 3600)
    /// Of controllers that ended without saying so.
    static let controllers = Duration.seconds(3600)
  }

  private func trim(_ store: Store, _ parts: ControllerParts, on loop: EventLoop) async {
    while !Task.isCancelled {
      if parts.isLeader { await trim(store) }
      do { try await loop.sleep(for: Periods.trim) } catch { return }
    }
  }

  private func trim(_ store: Store) async {
    do {
      try await ChangeFeedQueries.trim(
        store.pool, olderThan: Retention.feedAge, keepingAtMost: Retention.feedEntries)
      try await IdempotencyQueries.trim(store.pool, olderThan: Retention.idempotencyKeys)
      try await SessionQueries.trim(store.pool)
      try await HistoryQueries.trim(store.pool, deletedLongerThan: Retention.history)
      try await OperationQueries.trim(store.pool, olderThan: Retention.operations)
      try await ControllerQueries.trim(store.pool, unseenFor: Retention.controllers)
    } catch {
      log.warning("old rows not trimmed", metadata: ["error": "\(error)"])
    }
  }
}
