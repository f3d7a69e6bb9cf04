package import AspenModel

/// Why a stream is where it is, worker by worker.
package struct Explanation: Sendable, Hashable {
  /// One worker as a place for the stream.
  package struct Candidate: Sendable, Hashable {
    package let workerID: Int64
    package let worker: ObjectName
    /// Whether the stream may be on it: its own worker keeps it, another one would take it.
    package let isFeasible: Bool
    /// What speaks against it, in words that follow the worker's name; empty when feasible.
    package let reasons: [String]
    /// What speaks for it or against it if others are feasible too, in words.
    package let merits: [String]
    /// How many more streams it takes.
    package let freeStreams: Int

    /// A candidate of its parts.
    package init(
      workerID: Int64, worker: ObjectName, reasons: [String], merits: [String] = [],
      freeStreams: Int
    ) {
      self.workerID = workerID
      self.worker = worker
      isFeasible = reasons.isEmpty
      self.reasons = reasons
      self.merits = merits
      self.freeStreams = freeStreams
    }
  }

  /// Feasible ones first, in the order in which the planner would choose; then the others by name.
  package let candidates: [Candidate]
  /// The worker that has the stream.
  package let currentWorkerID: Int64?
  /// What holds the stream up, or why it is about to move; nil when it stays where it is.
  package let reason: String?

  /// An explanation of its parts.
  package init(candidates: [Candidate], currentWorkerID: Int64?, reason: String?) {
    self.candidates = candidates
    self.currentWorkerID = currentWorkerID
    self.reason = reason
  }
}

extension Planner {
  /// Looks at every worker as a place for one stream; nil if the stream is not in the snapshot.
  package static func explain(
    stream streamID: Int64, in snapshot: ClusterSnapshot, rules: PlannerRules = PlannerRules()
  ) -> Explanation? {
    var planning = Planning(snapshot, rules)
    let streams = planning.streams.streams
    guard let rank = streams.firstIndex(where: { $0.id == streamID }) else { return nil }
    let stream = streams[rank]
    planning.loadAll()
    let fits = planning.fits(of: rank)
    let camera = planning.streams.sharedCameraOf[rank]
    var candidates: [(candidate: Explanation.Candidate, score: Int)] = []
    for worker in planning.cluster.table.workers.indices {
      candidates.append(
        (
          planning.candidate(worker, for: rank),
          planning.cluster.score(
            of: worker, fits, planning.streams.cost(of: rank), camera: camera)
        ))
    }
    // Sorting is stable, so that names decide ties.
    let feasible = candidates.filter(\.candidate.isFeasible).sorted { $0.score > $1.score }
    let others = candidates.filter { !$0.candidate.isFeasible }
    return Explanation(
      candidates: (feasible + others).map(\.candidate), currentWorkerID: stream.current?.workerID,
      reason: stream.objection
        ?? outcome(of: streamID, in: plan(snapshot, maxMoves: .max, rules: rules)))
  }

  private static func outcome(of streamID: Int64, in plan: Plan) -> String? {
    plan.unplaced.first { $0.streamID == streamID }?.reason
      ?? plan.stuck.first { $0.streamID == streamID }?.reason
      ?? plan.actions.first { $0.streamID == streamID }?.reason
  }
}

extension SchedulableStream {
  /// Why no worker shall have the stream.
  fileprivate var objection: String? {
    if isDeletionRequested { return "the stream's deletion was requested" }
    return isEnabled ? nil : "the stream is disabled"
  }
}

extension Planning {
  /// Counts every stream as a load of the worker that has it now.
  fileprivate mutating func loadAll() {
    for (rank, stream) in streams.streams.enumerated() {
      if let worker = stream.current.flatMap({ cluster.table.rankOfID[$0.workerID] }) {
        load(rank, worker)
      }
    }
  }

  fileprivate mutating func candidate(
    _ rank: Int, for streamRank: Int
  ) -> Explanation.Candidate {
    let stream = streams.streams[streamRank]
    let (worker, load) = (cluster.table.workers[rank], cluster.table.loads[rank])
    let isOwn = stream.current?.workerID == worker.id
    let camera = streams.sharedCameraOf[streamRank]
    var reasons: [String] = []
    switch worker.phase {
    case .ready: break
    case .expected: if !isOwn { reasons.append("has not come back yet") }
    case .lost: reasons.append("is lost")
    }
    if let unmet = stream.requirement.unmet(by: worker) { reasons.append(unmet) }
    if worker.isDraining {
      reasons.append("is draining")
    } else if worker.isCordoned, !isOwn {
      reasons.append("is cordoned")
    }
    if worker.isHeldOff, !isOwn { reasons.append("comes and goes, and is held off") }
    if !isOwn {
      if cluster.table.isFull(rank) {
        reasons.append("is full (capacity \(worker.capacity))")
      } else if !cluster.hasRoom(rank, for: streams.cost(of: streamRank), camera: camera) {
        let added = cluster.table.added(streams.cost(of: streamRank), camera: camera, to: rank)
        reasons.append(
          "has not enough left (it takes \(added.cpuMillicores) millicores and "
            + "\(added.memoryMiB) MiB)")
      }
    }
    if let objection = stream.objection { reasons.append("is not asked: \(objection)") }
    // The stream itself is no other stream of its camera.
    if isOwn { unload(streamRank, rank) }
    let merits = cluster.merits(of: rank, fits(of: streamRank), camera: camera)
    if isOwn { self.load(streamRank, rank) }
    return Explanation.Candidate(
      workerID: worker.id, worker: worker.name, reasons: reasons,
      merits: merits,
      freeStreams: max(worker.capacity - load.streams, 0))
  }
}
