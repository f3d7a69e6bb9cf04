import AspenModel
import AspenWire
import Synchronization

/// The workers that are connected to this controller, and who is alive.
///
/// Heartbeats live here, in memory. What the database shall know of them is noted here and written by
/// the reconciler, in batches, and again if that failed.
final class WorkerRegistry: Sendable {
  private struct State {
    var liveness: LivenessState
    var sessions: [Int64: WorkerSession] = [:]
    var lastHeard: [Int64: Timestamp] = [:]
    var unsaved = Unsaved()
    var phases: [Int64: WorkerPhase] = [:]
    /// What workers said of their machines last.
    var resources: [Int64: WorkerResources] = [:]
    /// The addresses of the controllers that are alive.
    var controllers: [String] = []
  }

  /// What is known of one worker's life.
  struct Life: Sendable, Hashable {
    let phase: WorkerPhase
    /// For how long it is lost; nil: it is not.
    let lostFor: Duration?
    /// Whether it certainly does not run any more what it may run only with a lease, as far as this
    /// controller goes.
    let isLeaseOver: Bool
    /// Why it gets no new streams for now, in words; nil: it may get them.
    let heldOff: String?
  }

  /// What the database does not know yet.
  struct Unsaved: Sendable {
    /// Workers that were heard of.
    var heard: Set<Int64> = []
    /// What workers said of themselves when they connected.
    var hellos: [Int64: WorkerMessage.Hello] = [:]
  }

  private let state: Mutex<State>
  private let clock: ContinuousClock
  private let onChange: @Sendable () -> Void

  /// `onChange` is called, on any thread, whenever a worker's phase has changed.
  init(
    limits: LivenessState.Limits, clock: ContinuousClock = ContinuousClock(),
    onChange: @escaping @Sendable () -> Void
  ) {
    self.clock = clock
    self.onChange = onChange
    state = Mutex(State(liveness: LivenessState(limits: limits, startedAt: clock.now)))
  }

  /// A worker has said hello on a new connection, which replaces an older one.
  func connected(
    _ session: WorkerSession, _ hello: WorkerMessage.Hello, at time: Timestamp
  ) {
    let old = state.withLock { state in
      let old = state.sessions.updateValue(session, forKey: session.workerID)
      state.liveness.heard(from: session.workerID, at: clock.now)
      state.lastHeard[session.workerID] = time
      state.unsaved.heard.insert(session.workerID)
      state.unsaved.hellos[session.workerID] = hello
      state.resources[session.workerID] = hello.resources?.bounded
      return old
    }
    old?.close("replaced by a newer connection")
    onChange()
  }

  /// A worker has given a sign of life.
  func heard(from session: WorkerSession, at time: Timestamp) {
    let isRevived = state.withLock { state in
      guard state.sessions[session.workerID] === session else { return false }
      let before = state.liveness.phase(of: session.workerID, at: clock.now)
      state.liveness.heard(from: session.workerID, at: clock.now)
      state.lastHeard[session.workerID] = time
      state.unsaved.heard.insert(session.workerID)
      return before != .ready
    }
    if isRevived { onChange() }
  }

  /// A worker's connection has ended.
  func closed(_ session: WorkerSession, saidGoodbye: Bool) {
    let isCurrent = state.withLock { state in
      guard state.sessions[session.workerID] === session else { return false }
      state.sessions[session.workerID] = nil
      state.liveness.closed(
        workerID: session.workerID, saidGoodbye: saidGoodbye, at: clock.now)
      return true
    }
    if isCurrent { onChange() }
  }

  /// The worker was deleted: its connection ends.
  func remove(workerID: Int64) {
    let session = state.withLock { state in
      state.liveness.forget(workerID: workerID)
      state.lastHeard[workerID] = nil
      state.resources[workerID] = nil
      state.unsaved.hellos[workerID] = nil
      state.phases[workerID] = nil
      return state.sessions.removeValue(forKey: workerID)
    }
    session?.close("the worker was deleted")
    onChange()
  }

  /// The phases of the workers, now.
  func phases(of workerIDs: [Int64]) -> [Int64: WorkerPhase] {
    let now = clock.now
    return state.withLock { state in
      Dictionary(
        workerIDs.map { ($0, state.liveness.phase(of: $0, at: now)) }, uniquingKeysWith: { $1 })
    }
  }

  /// What is known of the workers' lives, now.
  func lives(of workerIDs: [Int64]) -> [Int64: Life] {
    let now = clock.now
    return state.withLock { state in
      Dictionary(
        workerIDs.map { id in
          let liveness = state.liveness
          let life = Life(
            phase: liveness.phase(of: id, at: now),
            lostFor: liveness.lostSince(id, at: now).map { $0.duration(to: now) },
            isLeaseOver: liveness.isLeaseOver(of: id, at: now),
            heldOff: liveness.heldOff(id, at: now)?.reason)
          return (id, life)
        }, uniquingKeysWith: { $1 })
    }
  }

  /// Another controller hears these workers, and may tell them so until `end`.
  func heardElsewhere(_ workerIDs: Set<Int64>, until end: ContinuousClock.Instant) {
    state.withLock { $0.liveness.heardElsewhere(workerIDs, until: end) }
  }

  /// What the worker said of its machine, if it did since this controller started.
  func resources(of workerID: Int64) -> WorkerResources? {
    state.withLock { $0.resources[workerID] }
  }

  /// The addresses of the controllers that are alive, as workers are told.
  var controllers: [String] { state.withLock { $0.controllers } }

  /// Tells all workers which controllers are alive, as far as they do not know.
  func tell(controllers: [String]) {
    let sessions = state.withLock { state in
      state.controllers = Array(controllers.prefix(WireProtocol.maxControllers))
      return Array(state.sessions.values)
    }
    for session in sessions {
      session.tell(controllers: Array(controllers.prefix(WireProtocol.maxControllers)))
    }
  }

  /// The workers that are connected and heard of, in order.
  var readyWorkers: [Int64] {
    let now = clock.now
    return state.withLock { state in
      state.sessions.keys.filter { state.liveness.phase(of: $0, at: now) == .ready }.sorted()
    }
  }

  /// A worker has let go of a stream: what waited for that can go on.
  func released(by session: WorkerSession) {
    let isCurrent = state.withLock { $0.sessions[session.workerID] === session }
    if isCurrent { onChange() }
  }

  /// Whether a worker that is alive may still run the stream.
  func mayRun(_ streamID: Int64) -> Bool {
    let now = clock.now
    let alive = state.withLock { state in
      state.sessions.values.filter { state.liveness.phase(of: $0.workerID, at: now) == .ready }
    }
    return alive.contains { $0.mayRun(streamID) }
  }

  /// Whether the worker is connected and has said that it does not run the stream.
  func hasReleased(_ streamID: Int64, workerID: Int64) -> Bool {
    state.withLock { $0.sessions[workerID] }?.hasReleased(streamID) ?? false
  }

  /// The streams that the worker, if it is connected, may still run.
  func heldStreams(workerID: Int64) -> Set<Int64> {
    state.withLock { $0.sessions[workerID] }?.heldStreams ?? []
  }

  /// When this controller last heard of a worker.
  func lastHeard(of workerID: Int64) -> Timestamp? {
    state.withLock { $0.lastHeard[workerID] }
  }

  /// Takes what the database does not know yet.
  func takeUnsaved() -> Unsaved {
    state.withLock { state in
      defer { state.unsaved = Unsaved() }
      return state.unsaved
    }
  }

  /// Puts back what could not be written; what was said since then prevails.
  func putBack(_ unsaved: Unsaved) {
    state.withLock { state in
      state.unsaved.heard.formUnion(unsaved.heard)
      state.unsaved.hellos.merge(unsaved.hellos) { newer, _ in newer }
    }
  }

  /// Compares all phases with those of the last call and tells if one has changed by the passing of
  /// time alone. Called a few times a second.
  func checkDeadlines(of workerIDs: [Int64]) {
    let current = phases(of: workerIDs)
    let isChanged = state.withLock { state in
      defer { state.phases = current }
      return state.phases != current
    }
    if isChanged { onChange() }
  }

  /// The connected workers.
  var sessions: [WorkerSession] {
    state.withLock { Array($0.sessions.values) }
  }
}
