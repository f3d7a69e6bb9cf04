import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenHub
import AspenModel
import AspenNet
import AspenRuntime
import AspenStore
import AspenTelemetry
import Logging

/// The parts of one controller, put together.
struct ControllerParts: Sendable {
  let dispatcher: RequestDispatcher
  private let store: Store
  private let hub: FrameHub
  private let registry: WorkerRegistry
  private let view: ClusterView
  private let liveAccess: LiveAccess
  private let placement: PlacementReconciler
  private let placementLoop: ReconcileLoop
  private let operations: OperationReconciler
  private let operationLoop: ReconcileLoop
  private let feed: ChangeFeed
  private let watches: WatchRegistry
  private let logs: LogHandlers
  private let log: Logger

  /// The periods of liveness. Silence of `lease` on an open connection, or `reconnectGrace` after a
  /// broken one, makes a worker lost (goal P5: frames again within 3 s).
  private enum Periods {
    static let heartbeat = Duration.milliseconds(500)
    static let lease = Duration.milliseconds(2200)
    static let reconnectGrace = Duration.milliseconds(600)
    static let startGrace = Duration.seconds(8)
    static let reconcile = Duration.seconds(2)
    static let operations = Duration.milliseconds(500)
    static let deadlineCheck = Duration.milliseconds(200)
  }

  init(
    configuration: ControllerConfiguration, store: Store, sealer: SecretSealer?,
    loops: [EventLoop], log: Logger, recentLog: RecentLog
  ) {
    let now: @Sendable () -> Timestamp = { Timestamp(microseconds: SystemClock.nowMicroseconds()) }
    let placementLoop = ReconcileLoop(period: Periods.reconcile, log: log)
    let operationLoop = ReconcileLoop(period: Periods.operations, log: log)
    let registry = WorkerRegistry(
      limits: LivenessState.Limits(
        startGrace: Periods.startGrace, reconnectGrace: Periods.reconnectGrace,
        lease: Periods.lease),
      onChange: { placementLoop.signal() })
    let board = StatusBoard()
    let view = ClusterView(registry: registry, board: board, now: now)
    let demand = DemandRouter(registry: registry, view: view)
    let hub = FrameHub(
      loops: loops, configuration: HubConfiguration(), log: log,
      onDemand: { demand.changed($0) })
    let placement = PlacementReconciler(
      store: store, registry: registry, hub: hub, view: view, demand: demand, sealer: sealer,
      log: log)

    let signer = sealer?.viewLinkSigner
    let authenticator = Authenticator(
      store: store, viewLinks: signer, oidc: Self.oidc(configuration, loops, log), now: now)
    let liveAccess = LiveAccess(authenticator: authenticator)
    let passwords = PasswordHasher()
    let runner = ChangeRunner(store: store, sealer: sealer)
    let views = ResourceViews(store: store, view: view, hub: hub)
    let resources = ResourceService(
      store: store, rules: Self.rules(sealer, passwords, now), runner: runner, views: views,
      changed: { kind in
        switch kind {
        case .camera, .stream, .worker, .assignment: placementLoop.signal()
        case .token, .user, .roleBinding: authenticator.forgetProofs()
        case .site, .joinToken, .operation: break
        }
      },
      removed: { resource in
        guard resource.kind == .worker else { return }
        authenticator.forgetProofs()
        registry.remove(workerID: resource.metadata.id)
      })
    let watches = WatchRegistry(loops: loops)
    let feed = ChangeFeed(
      source: StoreChangeSource(store: store), log: log, onGrowth: { watches.wake() })
    let logs = LogHandlers(log: recentLog, loops: loops)
    let routes = ControllerRoutes(
      store: store, resources: resources,
      frames: FramesHandlers(
        resources: resources, view: view, hub: hub, access: liveAccess),
      connections: WorkerConnectionHandlers(
        store: store, hub: hub, registry: registry, view: view,
        terms: WorkerTerms(
          heartbeat: Periods.heartbeat, lease: Periods.lease,
          controllerID: Base64URL.encode(RandomBytes.generate(12))), now: now, log: log),
      assignments: AssignmentHandlers(
        store: store, runner: runner, reconcile: { placementLoop.signal() }),
      apply: ApplyHandlers(
        resources: resources, planning: PlanService(reconciler: placement)),
      explain: ExplainHandlers(resources: resources),
      feeds: FeedHandlers(
        watches: WatchHandlers(feed: feed, registry: watches), logs: logs,
        authenticator: authenticator),
      operations: OperationHandlers(
        store: store,
        operations: OperationService(
          store: store, resources: resources, runner: runner, sealer: sealer,
          wake: { operationLoop.signal() })),
      sessions: SessionHandlers(
        sessions: SessionService(
          store: store, passwords: passwords, throttle: LoginThrottle(),
          authenticator: authenticator, now: now, log: log)),
      viewLinks: ViewLinkHandlers(
        resources: resources, signer: signer, store: store, now: now))
    dispatcher = RequestDispatcher(
      handlers: routes.handlers, authenticator: authenticator,
      limits: configuration.limitsRequests ? RequestLimits() : nil,
      refusals: RefusalAudit(store: store, log: log), assets: WebAssets(),
      checksResponses: configuration.checksResponses, log: log)
    self.store = store
    self.hub = hub
    self.registry = registry
    self.view = view
    self.liveAccess = liveAccess
    self.placement = placement
    self.placementLoop = placementLoop
    operations = OperationReconciler(store: store, view: view, sealer: sealer, log: log)
    self.operationLoop = operationLoop
    self.feed = feed
    self.watches = watches
    self.logs = logs
    self.log = log
  }

  /// Another controller, or this one, has changed something.
  func heard(of payload: String) {
    placementLoop.signal()
    feed.signal(Int64(payload))
  }

  /// Begins what goes on by itself.
  func begin(on loop: EventLoop) -> [Task<Void, Never>] {
    [
      loop.runTask { await placementLoop.run(on: loop) { try await placement.reconcile() } },
      loop.runTask { await operationLoop.run(on: loop) { try await operations.reconcile() } },
      loop.runTask { await feed.run(on: loop) },
      loop.runTask { await liveAccess.run(on: loop) },
      loop.runTask { await Self.watchDeadlines(registry, view, on: loop) },
    ]
  }

  /// Says goodbye to viewers, watchers and workers.
  func closeConnections(reason: String) {
    hub.closeAll(reason: reason)
    watches.closeAll()
    logs.closeAll()
    for session in registry.sessions { session.close(reason) }
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

  private static func oidc(
    _ configuration: ControllerConfiguration, _ loops: [EventLoop], _ log: Logger
  ) -> OIDCVerifier? {
    configuration.oidc.map {
      OIDCVerifier(configuration: $0, loops: loops, tls: nil, log: log)
    }
  }

  private static func rules(
    _ sealer: SecretSealer?, _ passwords: PasswordHasher, _ now: @escaping @Sendable () -> Timestamp
  ) -> [ResourceKind: any ResourceRules] {
    let all: [any ResourceRules] = [
      CameraRules(sealer: sealer), StreamRules(), WorkerRules(), SiteRules(), RoleBindingRules(),
      UserRules(passwords: passwords), TokenRules(now: now), JoinTokenRules(now: now),
    ]
    return Dictionary(all.map { ($0.kind, $0) }, uniquingKeysWith: { $1 })
  }
}
