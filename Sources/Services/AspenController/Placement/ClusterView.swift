import AspenAPI
import AspenModel
import AspenScheduler
import Synchronization

/// What this controller knows of the cluster since the last reconciliation. Kept while PostgreSQL is
/// away, so that frames, demand and workers go on.
final class ClusterView: Sendable {
  /// The state after one reconciliation.
  struct Snapshot: Sendable {
    var streams: [Int64: Stream] = [:]
    var streamIDs: [ObjectName: Int64] = [:]
    /// The labels of each stream's camera.
    var cameraLabels: [Int64: Labels] = [:]
    var assignments: [Int64: Assignment] = [:]
    var workerIDs: [Int64] = []
    /// Why streams are nowhere, or why they should be elsewhere and are not.
    var unplaced: [Int64: String] = [:]
    /// Why streams stay on draining workers.
    var stuck: [Int64: String] = [:]
    /// Streams whose deletion was requested, and what they wait for.
    var deleting: [Int64: String] = [:]
    /// The generations of the specs of cameras that have streams, and of workers.
    var cameraGenerations: [Int64: Int64] = [:]
    var workerGenerations: [Int64: Int64] = [:]
    /// What the planner saw.
    var cluster = ClusterSnapshot.empty
  }

  /// What the view asks of the workers that are connected (`WorkerRegistry`).
  struct Workers: Sendable {
    let phases: @Sendable (_ workerIDs: [Int64]) -> [Int64: WorkerPhase]
    let lastHeard: @Sendable (_ workerID: Int64) -> Timestamp?
    let heldStreams: @Sendable (_ workerID: Int64) -> Set<Int64>
    let mayRun: @Sendable (_ streamID: Int64) -> Bool
    /// The controller that alone hears the worker, if it is another.
    let onlyHearer: @Sendable (_ workerID: Int64) -> ObjectName?
    /// Why it gets no new streams for now.
    let heldOff: @Sendable (_ workerID: Int64) -> String?
    let resources: @Sendable (_ workerID: Int64) -> WorkerResources?
  }

  private let snapshot = Mutex(Snapshot())
  private let transitions = Mutex(Transitions())
  private let workers: Workers
  private let board: StatusBoard
  private let now: @Sendable () -> Timestamp

  convenience init(
    registry: WorkerRegistry, liveness: ClusterLiveness, board: StatusBoard,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.init(
      workers: Workers(
        phases: { liveness.phases(of: $0) }, lastHeard: { registry.lastHeard(of: $0) },
        heldStreams: { registry.heldStreams(workerID: $0) }, mayRun: { registry.mayRun($0) },
        onlyHearer: { liveness.onlyHearer(of: $0) },
        heldOff: { registry.lives(of: [$0])[$0]?.heldOff },
        resources: { registry.resources(of: $0) }),
      board: board, now: now)
  }

  init(workers: Workers, board: StatusBoard, now: @escaping @Sendable () -> Timestamp) {
    self.workers = workers
    self.board = board
    self.now = now
  }

  /// The newest state.
  var current: Snapshot { snapshot.withLock { $0 } }

  /// Replaces the state.
  func publish(_ new: Snapshot) {
    snapshot.withLock { $0 = new }
    board.keep(only: Set(new.streams.keys))
    noteTransitions(new)
  }

  /// Takes over what a worker says of streams that are its own. True if it has pictures of one that is
  /// handed over to it.
  @discardableResult
  func heard(_ statuses: [StreamStatus], of workerID: Int64) -> Bool {
    let own = own(statuses, of: workerID)
    board.update(own)
    let snapshot = current
    note(
      own.compactMap { snapshot.streams[$0.streamID] }, in: snapshot, workers.phases([workerID]))
    return own.contains { status in
      let assignment = snapshot.assignments[status.streamID]
      return assignment?.previous != nil && assignment?.generation == status.generation
    }
  }

  /// Of what a worker says, that which it may say: the streams that are assigned to it now, at their
  /// generation. It repeats what comes too early. While a stream is handed over the word is the previous
  /// worker's, until the new one says that pictures come.
  func own(_ statuses: [StreamStatus], of workerID: Int64) -> [StreamStatus] {
    snapshot.withLock { snapshot in
      statuses.filter { status in
        guard let assignment = snapshot.assignments[status.streamID] else { return false }
        let isOwners =
          assignment.workerID == workerID && assignment.generation == status.generation
        guard let previous = assignment.previous else { return isOwners }
        if isOwners { return status.phase == .streaming }
        return previous.workerID == workerID && previous.generation == status.generation
          && board.status(of: status.streamID, generation: assignment.generation) == nil
      }
    }
  }

  /// A stream that was there at the last reconciliation, by name, and its camera's labels.
  func stream(named name: ObjectName) -> (id: Int64, cameraLabels: Labels)? {
    snapshot.withLock { snapshot in
      guard let id = snapshot.streamIDs[name] else { return nil }
      return (id, snapshot.cameraLabels[id] ?? Labels())
    }
  }

  /// How many streams each worker has.
  func streamCounts() -> [Int64: Int] {
    snapshot.withLock { snapshot in
      snapshot.assignments.values.reduce(into: [:]) { $0[$1.workerID, default: 0] += 1 }
    }
  }

  /// Whether a stream has a worker, or a living one may still run it: then its deletion takes a moment.
  func mayRun(_ streamID: Int64) -> Bool {
    snapshot.withLock { $0.assignments[streamID] != nil } || workers.mayRun(streamID)
  }

  // MARK: - States

  /// The state of a stream, put together from its placement, its worker's life and its worker's words.
  func view(of stream: Stream, viewers: Int) -> StreamView {
    view(of: stream, viewers: viewers, in: current)
  }

  /// The state of a camera: that of the first of its streams. Its spec is applied when every worker that
  /// runs one of them runs it by that spec.
  func view(
    ofCamera camera: ResourceMetadata, streams: [Stream], viewers: [Int64: Int]
  ) -> StreamView {
    let snapshot = current
    guard let first = streams.first else {
      let conditions = [Condition.Kind.placed, .streaming].map { kind in
        Condition(
          kind: kind, status: .fails, reason: .noStream, message: "no stream uses this camera",
          since: camera.createdAt)
      }
      return StreamView(
        phase: .unassigned, message: "no stream uses this camera", placement: "no stream",
        conditions: conditions, observedGeneration: camera.generation)
    }
    let phases = workers.phases(snapshot.workerIDs)
    let situations = streams.map { situation(of: $0, in: snapshot, phases) }
    let placed = zip(streams, situations).filter { $1.assignment != nil }
    let applied = placed.map { stream, situation in
      status(of: stream, situation)?.cameraGeneration
    }
    let observed: Int64? =
      if placed.isEmpty {
        snapshot.cameraGenerations[camera.id]
      } else {
        applied.contains(nil) ? nil : applied.compactMap(\.self).min()
      }
    return view(of: first, viewers: viewers[first.metadata.id] ?? 0, in: snapshot)
      .ofCamera(observedGeneration: observed)
  }

  /// The states of workers, in their order.
  func views(of workers: [Worker]) -> [WorkerView] {
    let phases = self.workers.phases(workers.map(\.metadata.id))
    let generations = snapshot.withLock { $0.workerGenerations }
    let counts = streamCounts()
    return workers.map { worker in
      let id = worker.metadata.id
      let phase = phases[id] ?? .lost
      let judgement = phase.ready
      let condition = condition(
        .ready, of: .worker(id), judgement,
        phase.message(
          of: worker, through: self.workers.onlyHearer(id), heldOff: self.workers.heldOff(id)))
      return WorkerView(
        phase: phase, message: condition.message, capacityStreams: worker.capacityStreams,
        streamCount: counts[id] ?? 0, version: worker.version,
        lastSeenAt: self.workers.lastHeard(id) ?? worker.lastSeenAt, conditions: [condition],
        observedGeneration: generations[id], resources: self.workers.resources(id))
    }
  }

  /// How far a worker is drained: how many streams it has or has not let go of, and why those stay that
  /// no other worker can take, in the order of their names.
  func drainProgress(workerID: Int64) -> (remaining: Int, stuck: [String]) {
    let snapshot = current
    let assigned = snapshot.assignments.values.filter {
      $0.workerID == workerID || $0.previous?.workerID == workerID
    }
    let held = workers.heldStreams(workerID)
    let stuck = assigned.sorted { $0.streamName < $1.streamName }.compactMap { assignment in
      (snapshot.stuck[assignment.streamID] ?? snapshot.unplaced[assignment.streamID])
        .map { "\(assignment.streamName): \($0)" }
    }
    return (held.union(assigned.map(\.streamID)).count, stuck)
  }

  /// What the planner has to know besides the store's state.
  func sight(_ lives: [Int64: WorkerRegistry.Life]) -> ClusterSight {
    ClusterSight(lives, statuses: board.newest, now: now())
  }

  /// What would happen to streams if a worker went.
  func explainLoss(ofWorker id: Int64, named name: ObjectName) -> JSONValue {
    let explanation = Planner.explainLoss(of: id, in: current.cluster)
    return [
      "worker": .string(name.text),
      "streams": .array((explanation?.streams ?? []).map(\.json)),
      "others": .array((explanation?.others ?? []).map(\.json)),
    ]
  }

  /// Why a stream is where it is, worker by worker.
  func explain(_ stream: Stream) -> JSONValue {
    let snapshot = current
    let situation = situation(of: stream, in: snapshot, workers.phases(snapshot.workerIDs))
    let explanation = Planner.explain(stream: stream.metadata.id, in: snapshot.cluster)
    let candidates = (explanation?.candidates ?? []).map { candidate -> JSONValue in
      [
        "worker": .string(candidate.worker.text), "feasible": .bool(candidate.isFeasible),
        "reasons": .array(candidate.reasons.map { .string($0) }),
        "merits": .array(candidate.merits.map { .string($0) }),
        "free_streams": .integer(Int64(candidate.freeStreams)),
      ]
    }
    let worker = snapshot.assignments[stream.metadata.id]?.workerName
    return .object(compacting: [
      ("stream", .string(stream.metadata.name.text)), ("phase", .string(situation.phase.rawValue)),
      ("worker", worker.map { .string($0.text) }),
      ("reason", .string(explanation?.reason ?? situation.placement)),
      ("candidates", .array(candidates)),
    ])
  }

  // MARK: - Situations

  /// `phases` are those of the snapshot's workers.
  private func situation(
    of stream: Stream, in snapshot: Snapshot, _ phases: [Int64: WorkerPhase]
  ) -> StreamSituation {
    let id = stream.metadata.id
    if let obstacle = snapshot.deleting[id] { return .deleting(obstacle) }
    if stream.metadata.deletionRequestedAt != nil {
      return .deleting("its worker is told to stop it")
    }
    guard stream.spec.isEnabled else { return .disabled }
    guard let assignment = snapshot.assignments[id] else {
      return .unassigned(snapshot.unplaced[id])
    }
    let phase = phases[assignment.workerID] ?? .lost
    guard phase == .ready else {
      return .unheard(
        assignment, phase, placement: snapshot.unplaced[id] ?? assignment.reason)
    }
    let stuck = snapshot.stuck[id]
    guard let status = status(of: assignment) else { return .starting(assignment, stuck: stuck) }
    return .reported(assignment, status, stuck: stuck)
  }

  private func view(of stream: Stream, viewers: Int, in snapshot: Snapshot) -> StreamView {
    let owner = snapshot.assignments[stream.metadata.id]?.workerID
    let situation = situation(
      of: stream, in: snapshot, workers.phases(owner.map { [$0] } ?? []))
    let id = stream.metadata.id
    var status: StreamStatus?
    if case .reported(_, let reported, _) = situation { status = reported }
    let observed =
      situation.assignment == nil
      ? snapshot.streams[id]?.metadata.generation
      : self.status(of: stream, situation)?.specGeneration
    return StreamView(
      phase: situation.phase, message: situation.message, status: status,
      assignment: situation.assignment, placement: situation.placement, viewers: viewers,
      conditions: [
        condition(.placed, of: .stream(id), situation.placed, situation.placement),
        condition(.streaming, of: .stream(id), situation.streaming, situation.message),
      ],
      observedGeneration: observed)
  }

  /// What its worker said last, also one that is not heard of now.
  private func status(of stream: Stream, _ situation: StreamSituation) -> StreamStatus? {
    situation.assignment.flatMap { status(of: $0) }
  }

  /// What was said last of an assignment: while it is handed over and the new worker has no pictures yet,
  /// what the previous one says.
  private func status(of assignment: Assignment) -> StreamStatus? {
    board.status(of: assignment.streamID, generation: assignment.generation)
      ?? assignment.previous.flatMap {
        board.status(of: assignment.streamID, generation: $0.generation)
      }
  }

  // MARK: - Transitions

  private func condition(
    _ kind: Condition.Kind, of subject: Transitions.Subject,
    _ judgement: (status: Condition.Status, reason: ConditionReason), _ message: String
  ) -> Condition {
    let since = transitions.withLock { transitions in
      transitions.note(kind, of: subject, judgement.status, at: now())
    }
    return Condition(
      kind: kind, status: judgement.status, reason: judgement.reason, message: message,
      since: since)
  }

  private func noteTransitions(_ snapshot: Snapshot) {
    let phases = workers.phases(snapshot.workerIDs)
    note(Array(snapshot.streams.values), in: snapshot, phases)
    let now = now()
    transitions.withLock { transitions in
      transitions.keep(
        streams: Set(snapshot.streams.keys), workers: Set(snapshot.workerIDs))
      for (id, phase) in phases {
        transitions.note(.ready, of: .worker(id), phase.ready.status, at: now)
      }
    }
  }

  private func note(
    _ streams: [Stream], in snapshot: Snapshot, _ phases: [Int64: WorkerPhase]
  ) {
    let situations = streams.map { ($0.metadata.id, situation(of: $0, in: snapshot, phases)) }
    let now = now()
    transitions.withLock { transitions in
      for (id, situation) in situations {
        transitions.note(.placed, of: .stream(id), situation.placed.status, at: now)
        transitions.note(.streaming, of: .stream(id), situation.streaming.status, at: now)
      }
    }
  }
}

extension LossExplanation.Fate {
  /// As the API shows it.
  fileprivate var json: JSONValue {
    .object(compacting: [
      ("stream", .string(stream.text)), ("from", source.map { .string($0.text) }),
      ("to", target.map { .string($0.text) }), ("reason", .string(reason)),
    ])
  }
}

extension WorkerPhase {
  /// Whether a worker of this phase is ready.
  fileprivate var ready: (status: Condition.Status, reason: ConditionReason) {
    switch self {
    case .ready: (.holds, .connected)
    case .expected: (.unknown, .workerExpected)
    case .lost: (.fails, .workerLost)
    }
  }

  fileprivate func message(
    of worker: Worker, through controller: ObjectName?, heldOff: String?
  ) -> String {
    switch self {
    case .expected: return "it has a moment to come back"
    case .lost: return "it is not heard of"
    case .ready:
      let connected = controller.map { "connected to controller \($0) only" } ?? "connected"
      if worker.isDraining { return connected + "; its streams go to others" }
      if worker.isCordoned { return connected + "; it gets no new streams" }
      return heldOff.map { "\(connected); \($0)" } ?? connected
    }
  }
}
