/// One step of a plan. It names the generation of the assignment that the plan was made from, so that a
/// plan made from an old state is refused.
package enum PlannedChange: Sendable, Hashable {
  /// Puts a stream on a worker with a new, higher generation. `expectedGeneration` is that of the
  /// stream's assignment, nil if it has none.
  case place(streamID: Int64, workerID: Int64, expectedGeneration: Int64?, reason: String)
  /// Takes a stream from its worker.
  case unassign(streamID: Int64, expectedGeneration: Int64)

  /// The stream that the step is about.
  package var streamID: Int64 {
    switch self {
    case .place(let id, _, _, _), .unassign(let id, _): id
    }
  }

  /// The stream's worker afterwards; 0 for none.
  var workerID: Int64 {
    switch self {
    case .place(_, let workerID, _, _): workerID
    case .unassign: 0
    }
  }

  var reason: String {
    switch self {
    case .place(_, _, _, let reason): reason
    case .unassign: ""
    }
  }

  /// The generation that the stream's assignment must have; 0 for none.
  var expectedGeneration: Int64 {
    switch self {
    case .place(_, _, let generation, _): generation ?? 0
    case .unassign(_, let generation): generation
    }
  }
}
