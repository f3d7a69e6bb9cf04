import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenHub
import AspenModel
import AspenNet
import AspenPostgres
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
  private let leadership: Leadership
  private let roster: ControllerRoster
  private let rosterLoop: ReconcileLoop
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
    static let roster = Duration.milliseconds(500)
    static let deadlineCheck = Duration.milliseconds(200)
  }

  init(
    configuration: ControllerConfiguration, store: Store, leadershipStore: Store,
    sealer: SecretSealer?, loops: [EventLoop], log: Logger, recentLog: RecentLog
  ) {
    let now: @Sendable () -> Timestamp = { Timestamp(microseconds: SystemClock.nowMicroseconds()) }
    let placementLoop = ReconcileLoop(period: Periods.reconcile, log: log)
    let operationLoop = ReconcileLoop(period: Periods.operations, log: log)
    let rosterLoop = ReconcileLoop(period: Periods.roster, log: log)
    let leadership = Leadership(
      store: leadershipStore, holder: Self.processName(),
      limits: Self.limits(lease: configuration.leaderLease), loop: loops[0], log: log,
      onChange: {
        placementLoop.signal()
        operationLoop.signal()
      })
    let registry = WorkerRegistry(
      limits: LivenessState.Limits(
        startGrace: Periods.startGrace, reconnectGrace: Periods.reconnectGrace,
        lease: Periods.lease),
      onChange: {
        placementLoop.signal()
        rosterLoop.signal()
      })
    let roster = ControllerRoster(
      process: leadership.holder, store: store, registry: registry, log: log,
      onChange: { placementLoop.signal() })
    let liveness = ClusterLiveness(registry: registry, roster: roster)
    let board = StatusBoard()
    let view = ClusterView(registry: registry, liveness: liveness, board: board, now: now)
    let demand = DemandRouter(registry: registry, view: view)
    let hub = FrameHub(
      loops: loops, configuration: HubConfiguration(), log: log,
      onDemand: { demand.changed($0) })
    let placement = PlacementReconciler(
      store: store, registry: registry, liveness: liveness, leadership: leadership,
      leader: LeaderPass(
        store: store, registry: registry, liveness: liveness, view: view, log: log),
      follower: FollowerPass(
        store: store, registry: registry, liveness: liveness, hub: hub, view: view,
        demand: demand, sealer: sealer, log: log),
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
        case .camera, .stream, .worker, .assignment, .site: placementLoop.signal()
        case .token, .user, .roleBinding: authenticator.forgetProofs()
        case .joinToken, .operation, .controller: break
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
      store: store, leadership: leadership, resources: resources,
      frames: FramesHandlers(
        resources: resources, view: view, hub: hub, access: liveAccess),
      connections: WorkerConnectionHandlers(
        store: store, hub: hub, registry: registry, view: view,
        terms: WorkerTerms(
          heartbeat: Periods.heartbeat, lease: Periods.lease,
          controllerID: leadership.holder,
          grantsLease: { leadership.claim != nil || roster.vouches(for: $0) }),
        reconcile: { placementLoop.signal() }, now: now, log: log),
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
    operations = OperationReconciler(
      store: store, leadership: leadership, view: view, sealer: sealer, log: log)
    self.leadership = leadership
    self.roster = roster
    self.rosterLoop = rosterLoop
    self.operationLoop = operationLoop
    self.feed = feed
    self.watches = watches
    self.logs = logs
    self.log = log
  }

  /// Hears what this controller and others announce.
  func listen() {
    store.follow { [placementLoop, feed] revision in
      placementLoop.signal()
      feed.signal(Int64(revision))
    }
    LeadershipQueries.followReleases(store) { [leadership] in leadership.heardOfRelease() }
    ControllerQueries.follow(store) { [rosterLoop] in rosterLoop.signal() }
  }

  /// Tells the other controllers and the workers where this one can be reached.
  func announce(name: ObjectName, address: String?) {
    roster.announce(name: name, address: address)
    rosterLoop.signal()
  }

  /// Whether this controller leads.
  var isLeader: Bool { leadership.claim != nil }

  /// Begins what goes on by itself.
  func begin(on loop: EventLoop) -> [Task<Void, Never>] {
    leadership.begin()
    return [
      loop.runTask { await rosterLoop.run(on: loop) { try await roster.reconcile() } },
      loop.runTask { await placementLoop.run(on: loop) { try await placement.reconcile() } },
      loop.runTask { await operationLoop.run(on: loop) { try await operations.reconcile() } },
      loop.runTask { await feed.run(on: loop) },
      loop.runTask { await liveAccess.run(on: loop) },
      loop.runTask { await Self.watchDeadlines(registry, view, on: loop) },
    ]
  }

  /// Lets another controller lead, and takes this one from their list.
  func resign() async {
    await leadership.stop()
    await roster.leave()
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

  /// Different for each process: 16 hexadecimal digits.
  private static func processName() -> String {
    RandomBytes.generate(8).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// Followers ask a little apart from each other, and two renewals of three may be lost.
  private static func limits(lease: Duration) -> LeadershipState.Limits {
    LeadershipState.Limits(
      lease: lease, renewal: lease * 5 / 16,
      jitter: .milliseconds(Int64(RandomBytes.generate(1)[0]) / 5))
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
