import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenHub
import AspenModel
import AspenNet
import AspenPostgres
import AspenRuntime
import AspenStore
import AspenWebSocket
package import Logging

/// One controller process: starts its parts, runs until told to stop, stops them in order.
package struct ControllerService: Sendable {
  private let configuration: ControllerConfiguration
  private let log: Logger

  /// The periods of liveness. Silence of `lease` on an open connection, or `reconnectGrace` after a
  /// broken one, makes a worker lost (goal P5: frames again within 3 s).
  private enum Periods {
    static let heartbeat = Duration.milliseconds(500)
    static let lease = Duration.milliseconds(2200)
    static let reconnectGrace = Duration.milliseconds(600)
    static let startGrace = Duration.seconds(8)
    static let reconcile = Duration.seconds(2)
    static let deadlineCheck = Duration.milliseconds(200)
    static let feedTrim = Duration.seconds(600)
    static let drain = Duration.seconds(3)
  }

  /// A service that is not yet running.
  package init(configuration: ControllerConfiguration, log: Logger) {
    self.configuration = configuration
    self.log = log
  }

  /// Runs until `stop` returns. `onReady` is told the address that is listened on.
  package func run(
    loopCount: Int, onReady: @Sendable (String) -> Void, until stop: @Sendable () async -> Void
  ) async throws {
    let loops = try EventLoopGroup(count: loopCount, name: "aspen")
    defer { loops.stop() }
    let pool = try PostgresPool(
      url: configuration.databaseURL.revealed, connections: 4, loops: loops.loops, log: log)
    do {
      try await serve(loops, pool, onReady, until: stop)
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
  }

  private func serve(
    _ loops: EventLoopGroup, _ pool: PostgresPool, _ onReady: @Sendable (String) -> Void,
    until stop: @Sendable () async -> Void
  ) async throws {
    let applied = try await Migrator.load(directory: configuration.migrationsDirectory).migrate(
      pool)
    if !applied.isEmpty { log.info("database migrated", metadata: ["applied": "\(applied.count)"]) }
    let store = Store(pool: pool)
    try await FirstStart(store: store, configuration: configuration, log: log).run()

    let reconcileLoop = ReconcileLoop(period: Periods.reconcile, log: log)
    let registry = WorkerRegistry(
      limits: LivenessState.Limits(
        startGrace: Periods.startGrace, reconnectGrace: Periods.reconnectGrace,
        lease: Periods.lease),
      onChange: { reconcileLoop.signal() })
    let board = StatusBoard()
    let view = ClusterView(registry: registry, board: board)
    let demand = DemandRouter(registry: registry, view: view)
    let hub = FrameHub(
      loops: loops.loops, configuration: HubConfiguration(), log: log,
      onDemand: { demand.changed($0) })
    let reconciler = PlacementReconciler(
      store: store, registry: registry, hub: hub, view: view, demand: demand, log: log)
    pool.listen(channel: Store.changesChannel) { _ in reconcileLoop.signal() }

    let main = loops.loops[0]
    let reconciling = main.runTask {
      await reconcileLoop.run(on: main) { try await reconciler.reconcile() }
    }
    let trimming = main.runTask { await trimFeed(store, on: main) }
    let watching = main.runTask { await Self.watchDeadlines(registry, view, on: main) }

    let server = HTTPServer(
      configuration: HTTPServerConfiguration(), loops: loops.loops, log: log,
      handler: dispatcher(
        store: store, hub: hub, registry: registry, board: board, view: view,
        reconcile: { reconcileLoop.signal() }))
    let tls = try configuration.tls.map { files in
      try TLSServerContext(
        certificateChainFile: files.certificate, privateKeyFile: files.key, alpn: ["http/1.1"])
    }
    let address = try server.listen(
      on: SocketAddress(ip: configuration.listen.ip, port: configuration.listen.port), tls: tls)
    log.info("controller listens", metadata: ["address": "\(address)", "tls": "\(tls != nil)"])
    onReady("\(tls == nil ? "http" : "https")://\(address)")
    await stop()

    log.info("controller stops")
    reconciling.cancel()
    watching.cancel()
    trimming.cancel()
    hub.closeAll(reason: "the controller stops")
    for session in registry.sessions { session.close("the controller stops") }
    await server.drain(deadline: Periods.drain)
    await reconciling.value
    await watching.value
    await trimming.value
  }

  /// What the feed of changes keeps: whoever was away longer lists everything again.
  private enum FeedRetention {
    static let age = Duration.seconds(7 * 24 * 3600)
    static let entries = 1_000_000
  }

  private func trimFeed(_ store: Store, on loop: EventLoop) async {
    while !Task.isCancelled {
      do {
        try await ChangeFeedQueries.trim(
          store.pool, olderThan: FeedRetention.age, keepingAtMost: FeedRetention.entries)
      } catch {
        log.warning("feed not trimmed", metadata: ["error": "\(error)"])
      }
      do { try await loop.sleep(for: Periods.feedTrim) } catch { return }
    }
  }

  /// Time alone can make a worker lost; looking at all of them a few times a second finds it.
  private static func watchDeadlines(
    _ registry: WorkerRegistry, _ view: ClusterView, on loop: EventLoop
  ) async {
    while !Task.isCancelled {
      registry.checkDeadlines(of: view.current.workerIDs)
      do { try await loop.sleep(for: Periods.deadlineCheck) } catch { return }
    }
  }

  private func dispatcher(
    store: Store, hub: FrameHub, registry: WorkerRegistry, board: StatusBoard, view: ClusterView,
    reconcile: @escaping @Sendable () -> Void
  ) -> @Sendable (HTTPRequest) async -> HTTPResponse {
    let authenticator = Authenticator(store: store)
    let now: @Sendable () -> Timestamp = { Timestamp(microseconds: SystemClock.nowMicroseconds()) }
    let cameras = CameraHandlers(
      cameras: CameraService(store: store, reconcile: reconcile), view: view, hub: hub)
    let streams = StreamHandlers(
      streams: StreamService(store: store, reconcile: reconcile), view: view, hub: hub)
    let workers = WorkerHandlers(
      workers: WorkerService(
        store: store, registry: registry, authenticator: authenticator, reconcile: reconcile),
      registry: registry, view: view)
    let assignments = AssignmentHandlers(store: store, reconcile: reconcile)
    let joinTokens = JoinTokenHandlers(store: store, now: now)
    let frames = FramesHandlers(
      streams: StreamService(store: store, reconcile: reconcile), view: view, hub: hub)
    let connections = WorkerConnectionHandlers(
      store: store, hub: hub, registry: registry, board: board, view: view,
      terms: WorkerTerms(heartbeat: Periods.heartbeat, lease: Periods.lease), now: now, log: log)
    let health = HealthHandlers(store: store)
    let handlers: [APIOperation: RequestDispatcher.Handler] = [
      APIOperations.cameraList: cameras.list, APIOperations.cameraCreate: cameras.create,
      APIOperations.cameraGet: cameras.get, APIOperations.cameraUpdate: cameras.update,
      APIOperations.cameraDelete: cameras.delete,
      APIOperations.streamList: streams.list, APIOperations.streamCreate: streams.create,
      APIOperations.streamGet: streams.get, APIOperations.streamUpdate: streams.update,
      APIOperations.streamDelete: streams.delete,
      APIOperations.workerList: workers.list, APIOperations.workerGet: workers.get,
      APIOperations.workerUpdate: workers.update, APIOperations.workerDelete: workers.delete,
      APIOperations.assignmentList: assignments.list,
      APIOperations.assignmentGet: assignments.get,
      APIOperations.assignmentDelete: assignments.delete,
      APIOperations.joinTokenList: joinTokens.list,
      APIOperations.joinTokenCreate: joinTokens.create,
      APIOperations.joinTokenGet: joinTokens.get, APIOperations.joinTokenUpdate: joinTokens.update,
      APIOperations.joinTokenDelete: joinTokens.delete,
      APIOperations.framesWatch: frames.watch,
      APIOperations.streamFramesWatch: frames.watchStream,
      APIOperations.workerJoin: connections.join,
      APIOperations.workerControl: connections.control,
      APIOperations.workerFrames: connections.frames,
      APIOperations.healthGet: health.health, APIOperations.readinessGet: health.readiness,
    ]
    let dispatcher = RequestDispatcher(
      handlers: handlers, authenticator: authenticator, assets: WebAssets(), log: log)
    return { request in await dispatcher.respond(to: request) }
  }
}
