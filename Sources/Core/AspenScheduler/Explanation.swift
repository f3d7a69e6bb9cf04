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
    /// How many more streams it takes.
    package let freeStreams: Int

    /// A candidate of its parts.
    package init(
      workerID: Int64, worker: ObjectName, reasons: [String], freeStreams: Int
    ) {
      self.workerID = workerID
      self.worker = worker
      isFeasible = reasons.isEmpty
      self.reasons = reasons
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
    stream streamID: Int64, in snapshot: ClusterSnapshot
  ) -> Explanation? {
    guard let stream = snapshot.streams.first(where: { $0.id == streamID }) else { return nil }
    var loads: [Int64: Int] = [:]
    for current in snapshot.streams.compactMap(\.current) {
      loads[current.workerID, default: 0] += 1
    }
    let candidates = snapshot.workers
      .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
      .map { worker in
        (
          candidate: candidate(worker, for: stream, load: loads[worker.id] ?? 0),
          fraction: Double(loads[worker.id] ?? 0) / Double(max(worker.capacity, 1))
        )
      }
    // Sorting is stable, so that names decide ties.
    let feasible = candidates.filter(\.candidate.isFeasible).sorted { $0.fraction < $1.fraction }
    let others = candidates.filter { !$0.candidate.isFeasible }
    return Explanation(
      candidates: (feasible + others).map(\.candidate), currentWorkerID: stream.current?.workerID,
      reason: objection(to: stream) ?? outcome(of: streamID, in: plan(snapshot, maxMoves: .max)))
  }

  private static func candidate(
    _ worker: SchedulableWorker, for stream: SchedulableStream, load: Int
  ) -> Explanation.Candidate {
    let isOwn = stream.current?.workerID == worker.id
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
    if load >= worker.capacity, !isOwn { reasons.append("is full (capacity \(worker.capacity))") }
    if let objection = objection(to: stream) { reasons.append("is not asked: \(objection)") }
    return Explanation.Candidate(
      workerID: worker.id, worker: worker.name, reasons: reasons,
      freeStreams: max(worker.capacity - load, 0))
  }

  /// Why no worker shall have the stream.
  private static func objection(to stream: SchedulableStream) -> String? {
    if stream.isDeletionRequested { return "the stream's deletion was requested" }
    return stream.isEnabled ? nil : "the stream is disabled"
  }

  private static func outcome(of streamID: Int64, in plan: Plan) -> String? {
    plan.unplaced.first { $0.streamID == streamID }?.reason
      ?? plan.stuck.first { $0.streamID == streamID }?.reason
      ?? plan.actions.first { $0.streamID == streamID }?.reason
  }
}
