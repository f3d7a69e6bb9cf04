/// What shall change, which enabled streams run nowhere and why, and which cannot leave a draining
/// worker. All are in the order of the streams' names.
package struct Plan: Sendable, Hashable {
  package let actions: [PlacementAction]
  package let unplaced: [UnplacedStream]
  /// They run on, where they should not stay.
  package let stuck: [StuckStream]
  /// How often a worker was looked at to make the plan: its room or its score.
  package let evaluations: Int

  /// A plan of its parts.
  package init(
    actions: [PlacementAction], unplaced: [UnplacedStream], stuck: [StuckStream] = [],
    evaluations: Int = 0
  ) {
    self.actions = actions
    self.unplaced = unplaced
    self.stuck = stuck
    self.evaluations = evaluations
  }
}

/// One change of one stream's assignment. Whoever performs it must refuse when the stream's
/// assignment is no longer at the expected generation.
package enum PlacementAction: Sendable, Hashable {
  /// Give the stream to a worker; `expectedGeneration` is nil when no worker has it now.
  /// With `handsOver` who runs it runs it on until `endHandover`.
  case place(
    streamID: Int64, workerID: Int64, expectedGeneration: Int64?, reason: String, handsOver: Bool)
  /// The worker that ran it before lets go of it.
  case endHandover(streamID: Int64, expectedGeneration: Int64, reason: String)
  /// Take the stream from its worker and give it to none.
  case unassign(streamID: Int64, expectedGeneration: Int64, reason: String)

  /// The stream that changes.
  package var streamID: Int64 {
    switch self {
    case .place(let streamID, _, _, _, _), .endHandover(let streamID, _, _),
      .unassign(let streamID, _, _):
      streamID
    }
  }

  /// Why, in words.
  package var reason: String {
    switch self {
    case .place(_, _, _, let reason, _), .endHandover(_, _, let reason),
      .unassign(_, _, let reason):
      reason
    }
  }
}

/// An enabled stream that no living worker can take now.
package struct UnplacedStream: Sendable, Hashable {
  package let streamID: Int64
  /// Why, in words for its owner.
  package let reason: String

  /// A stream and why it runs nowhere.
  package init(streamID: Int64, reason: String) {
    self.streamID = streamID
    self.reason = reason
  }
}

/// A stream that runs on a draining worker since no other can take it now.
package struct StuckStream: Sendable, Hashable {
  package let streamID: Int64
  package let workerID: Int64
  /// Why, in words for its owner.
  package let reason: String

  /// A stream, its worker, and why it stays there.
  package init(streamID: Int64, workerID: Int64, reason: String) {
    self.streamID = streamID
    self.workerID = workerID
    self.reason = reason
  }
}
