import AspenNet
import AspenStore
import Logging
import Synchronization

/// Whether this controller leads: performs what `LeadershipState` decides.
///
/// It has a connection to the database for itself, so that no work of others delays a renewal.
final class Leadership: Sendable {
  private struct Shared {
    var state: LeadershipState
    /// A second question waits for no answer: it would only queue behind the first.
    var isAcquiring = false
  }

  /// Different for each process.
  let holder: String
  private let store: Store
  private let alarm: Alarm
  private let lease: Duration
  private let log: Logger
  private let onChange: @Sendable () -> Void
  private let clock = ContinuousClock()
  private let shared: Mutex<Shared>

  /// `onChange` is called, on any thread, when leadership has begun or ended.
  init(
    store: Store, holder: String, limits: LeadershipState.Limits, loop: EventLoop, log: Logger,
    onChange: @escaping @Sendable () -> Void
  ) {
    self.store = store
    self.holder = holder
    alarm = Alarm(loop: loop)
    lease = limits.lease
    self.log = log
    self.onChange = onChange
    shared = Mutex(Shared(state: LeadershipState(limits: limits, at: clock.now)))
  }

  /// What a write of this moment can be made with; nil while another controller leads.
  var claim: LeadershipClaim? {
    let now = clock.now
    return shared.withLock { $0.state.epoch(at: now) }
      .map { LeadershipClaim(holder: holder, epoch: $0) }
  }

  /// Begins to ask.
  func begin() {
    act { $0.tick(at: $1) }
  }

  /// Another controller may have given leadership back.
  func heardOfRelease() {
    act { $0.heardOfRelease(at: $1) }
  }

  /// A write with this claim was refused.
  func refused(_ claim: LeadershipClaim) {
    act { $0.refused(epoch: claim.epoch, at: $1) }
  }

  /// What was given out under this claim may be forgotten: goes on under a new epoch.
  func resign(_ claim: LeadershipClaim) {
    act { $0.resign(epoch: claim.epoch, at: $1) }
  }

  /// Gives leadership back, if it has it, and asks for it no more. Returns when the others can have it.
  func stop() async {
    let now = clock.now
    let actions = shared.withLock { $0.state.stop(at: now) }
    alarm.cancel()
    for action in actions {
      report(action)
      if case .send(let request) = action { _ = await answer(to: request) }
    }
    if !actions.isEmpty { onChange() }
  }

  private func act(
    _ event: @Sendable (inout LeadershipState, ContinuousClock.Instant) -> [LeadershipState.Action]
  ) {
    let now = clock.now
    let (actions, deadline) = shared.withLock { shared in
      (event(&shared.state, now), shared.state.deadline)
    }
    var isChanged = false
    for action in actions {
      report(action)
      if case .send(let request) = action { send(request) } else { isChanged = true }
    }
    if let deadline { alarm.set(after: deadline - now) { [weak self] in self?.begin() } }
    if isChanged { onChange() }
  }

  private func send(_ request: LeadershipState.Request) {
    alarm.loop.runTask { [self] in
      let answer = await answer(to: request)
      act { $0.answered(request, answer, at: $1) }
    }
  }

  private func answer(to request: LeadershipState.Request) async -> LeadershipState.Answer {
    do {
      switch request.kind {
      case .acquire:
        let isFirst = shared.withLock { shared in
          defer { shared.isAcquiring = true }
          return !shared.isAcquiring
        }
        guard isFirst else { return .failed }
        defer { shared.withLock { $0.isAcquiring = false } }
        return LeadershipState.Answer(
          try await LeadershipQueries.acquire(store, holder: holder, lease: lease))
      case .renew(let epoch):
        return LeadershipState.Answer(
          try await LeadershipQueries.renew(
            store.pool, LeadershipClaim(holder: holder, epoch: epoch), lease: lease))
      case .release(let epoch):
        try await LeadershipQueries.release(
          store.pool, LeadershipClaim(holder: holder, epoch: epoch))
        return .follows(remaining: .zero)
      }
    } catch {
      log.debug("leadership not asked for", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func report(_ action: LeadershipState.Action) {
    switch action {
    case .send: break
    case .began(let epoch):
      log.info("this controller leads", metadata: ["epoch": "\(epoch)"])
    case .ended(let epoch, let loss):
      let level: Logger.Level = loss == .released ? .info : .warning
      log.log(
        level: level, "this controller leads no longer",
        metadata: ["epoch": "\(epoch)", "why": "\(loss.words)"])
    }
  }
}

extension LeadershipState.Answer {
  fileprivate init(_ answer: LeadershipAnswer) {
    switch answer {
    case .leads(let epoch): self = .leads(epoch: epoch)
    case .follows(let remaining): self = .follows(remaining: remaining)
    }
  }
}

extension LeadershipState.Loss {
  fileprivate var words: String {
    switch self {
    case .expired: "it could not be renewed in time"
    case .takenOver: "another controller has taken over"
    case .resigned: "the database is older than it was; a new epoch begins"
    case .released: "given back"
    }
  }
}

/// One timer, which the next replaces.
///
/// `@unchecked Sendable`: the timer is touched on its loop only.
private final class Alarm: @unchecked Sendable {
  let loop: EventLoop
  private var timer: LoopTimer?

  init(loop: EventLoop) {
    self.loop = loop
  }

  func set(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
    loop.execute { [self] in
      timer?.cancel()
      timer = loop.schedule(after: delay, work)
    }
  }

  func cancel() {
    loop.execute { [self] in
      timer?.cancel()
      timer = nil
    }
  }
}
