/// One step of a plan. It names the generation of the assignment that the plan was made from, so that a
/// plan made from an old state is refused.
package enum PlannedChange: Sendable, Hashable {
  /// Puts a stream on a worker with a new, higher generation. `expectedGeneration` is that of the
  /// stream's assignment, nil if it has none. With `handsOver` who runs it goes on with its own generation
  /// until `.endHandover`: the worker before, or the one that still hands it over to that one.
  case place(
    streamID: Int64, workerID: Int64, expectedGeneration: Int64?, reason: String,
    handsOver: Bool = false)
  /// The worker before lets go of a stream that was handed over.
  case endHandover(streamID: Int64, expectedGeneration: Int64)
  /// Takes a stream from its worker.
  case unassign(streamID: Int64, expectedGeneration: Int64)

  /// The stream that the step is about.
  package var streamID: Int64 {
    switch self {
    case .place(let id, _, _, _, _), .endHandover(let id, _), .unassign(let id, _): id
    }
  }

  /// The stream's worker afterwards; 0 for none, -1 for the same.
  var workerID: Int64 {
    switch self {
    case .place(_, let workerID, _, _, _): workerID
    case .endHandover: -1
    case .unassign: 0
    }
  }

  var reason: String {
    switch self {
    case .place(_, _, _, let reason, _): reason
    case .endHandover, .unassign: ""
    }
  }

  var handsOver: Bool {
    switch self {
    case .place(_, _, _, _, let handsOver): handsOver
    case .endHandover, .unassign: false
    }
  }

  /// The generation that the stream's assignment must have; 0 for none.
  var expectedGeneration: Int64 {
    switch self {
    case .place(_, _, let generation, _, _): generation ?? 0
    case .endHandover(_, let generation), .unassign(_, let generation): generation
    }
  }
}
