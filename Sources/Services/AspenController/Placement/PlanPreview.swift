import AspenModel
import AspenScheduler
import AspenStore

/// What the scheduler would do with a state of the store, by names.
struct PlanPreview: Sendable, Hashable {
  /// What happens to a stream.
  enum Action: String, Sendable, Hashable {
    case place
    case move
    case unassign
  }

  /// One stream that goes elsewhere.
  struct Placement: Sendable, Hashable {
    let stream: String
    let action: Action
    let from: String?
    let to: String?
    let reason: String

    /// As the API shows it.
    var json: JSONValue {
      .object(compacting: [
        ("stream", .string(stream)), ("action", .string(action.rawValue)),
        ("from", from.map { .string($0) }), ("to", to.map { .string($0) }),
        ("reason", .string(reason)),
      ])
    }
  }

  /// One stream that would run nowhere.
  struct Unplaced: Sendable, Hashable {
    let stream: String
    let reason: String

    /// As the API shows it.
    var json: JSONValue {
      ["stream": .string(stream), "reason": .string(reason)]
    }
  }

  /// In the order of the streams' names.
  let placements: [Placement]
  /// In the order of the streams' names.
  let unplaced: [Unplaced]

  /// The plan for a state, workers being as alive as given. All of a draining worker's streams are
  /// shown at once.
  init(of state: SchedulingSnapshot, phases: [Int64: WorkerPhase]) {
    self.init(of: state, ClusterSight(phases: phases))
  }

  /// The plan for a state and what is only seen of the cluster.
  init(of state: SchedulingSnapshot, _ sight: ClusterSight) {
    let plan = Planner.plan(ClusterSnapshot(state, sight), maxMoves: .max)
    let streams = Dictionary(
      state.streams.map { ($0.stream.metadata.id, $0.stream.metadata.name.text) },
      uniquingKeysWith: { $1 })
    let workers = Dictionary(
      state.workers.map { ($0.metadata.id, $0.metadata.name.text) }, uniquingKeysWith: { $1 })
    let owners = Dictionary(
      state.assignments.map { ($0.streamID, $0.workerName.text) }, uniquingKeysWith: { $1 })
    placements = plan.actions.compactMap { action in
      let from = owners[action.streamID]
      let stream = streams[action.streamID] ?? ""
      return switch action {
      case .endHandover: nil
      case .place(_, let workerID, _, let reason, _):
        Placement(
          stream: stream, action: from == nil ? .place : .move, from: from,
          to: workers[workerID], reason: reason)
      case .unassign(_, _, let reason):
        Placement(stream: stream, action: .unassign, from: from, to: nil, reason: reason)
      }
    }
    unplaced = plan.unplaced.map {
      Unplaced(stream: streams[$0.streamID] ?? "", reason: $0.reason)
    }
  }
}
