package import AspenModel

/// What would happen if a worker went: to its own streams, and to those that would make room for them.
package struct LossExplanation: Sendable, Hashable {
  /// What would become of one stream.
  package struct Fate: Sendable, Hashable {
    package let streamID: Int64
    package let stream: ObjectName
    /// The worker that has it now.
    package let source: ObjectName?
    /// The worker that would take it; nil if none could.
    package let target: ObjectName?
    /// Why there, or why nowhere.
    package let reason: String

    /// A fate of its parts.
    package init(
      streamID: Int64, stream: ObjectName, source: ObjectName?, target: ObjectName?, reason: String
    ) {
      self.streamID = streamID
      self.stream = stream
      self.source = source
      self.target = target
      self.reason = reason
    }
  }

  /// The worker's streams that should run, in the order of their names.
  package let streams: [Fate]
  /// Streams of others that would go elsewhere, or nowhere, because of them.
  package let others: [Fate]

  /// An explanation of its parts.
  package init(streams: [Fate], others: [Fate]) {
    self.streams = streams
    self.others = others
  }
}

extension Planner {
  /// Plans as if a worker were lost for good, alone, with its lease over; nil if it is not in the snapshot.
  package static func explainLoss(
    of workerID: Int64, in snapshot: ClusterSnapshot, rules: PlannerRules = PlannerRules()
  ) -> LossExplanation? {
    guard snapshot.workers.contains(where: { $0.id == workerID }) else { return nil }
    var rules = rules
    rules.maxBalancingMoves = 0
    let without = ClusterSnapshot(
      streams: snapshot.streams,
      workers: snapshot.workers.map { $0.id == workerID ? $0.afterLoss : $0 },
      policies: snapshot.policies)
    let before = outcomes(of: plan(snapshot, maxMoves: .max, rules: rules))
    let after = outcomes(of: plan(without, maxMoves: .max, rules: rules))
    let names = Dictionary(
      snapshot.workers.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
    var streams: [LossExplanation.Fate] = []
    var others: [LossExplanation.Fate] = []
    for stream in snapshot.streams.sorted(by: { ($0.name, $0.id) < ($1.name, $1.id) }) {
      guard let outcome = after[stream.id], stream.isEnabled, !stream.isDeletionRequested else {
        continue
      }
      let fate = LossExplanation.Fate(
        streamID: stream.id, stream: stream.name,
        source: stream.current.flatMap { names[$0.workerID] },
        target: outcome.workerID.flatMap { names[$0] }, reason: outcome.reason)
      if stream.current?.workerID == workerID {
        streams.append(fate)
      } else if before[stream.id]?.workerID != outcome.workerID || before[stream.id] == nil {
        others.append(fate)
      }
    }
    return LossExplanation(streams: streams, others: others)
  }

  /// Where the streams that the plan names end up; those that stay are not there.
  private static func outcomes(of plan: Plan) -> [Int64: (workerID: Int64?, reason: String)] {
    var outcomes: [Int64: (workerID: Int64?, reason: String)] = [:]
    for action in plan.actions {
      switch action {
      case .place(let streamID, let workerID, _, let reason, _):
        outcomes[streamID] = (workerID, reason)
      case .endHandover: break
      case .unassign(let streamID, _, let reason): outcomes[streamID] = (nil, reason)
      }
    }
    for stream in plan.unplaced { outcomes[stream.streamID] = (nil, stream.reason) }
    return outcomes
  }
}
