import AspenAPI
import AspenModel
import Synchronization

/// What this controller knows of the cluster since the last reconciliation. Kept while PostgreSQL is
/// away, so that frames, demand and workers go on.
final class ClusterView: Sendable {
  /// The state after one reconciliation.
  struct Snapshot: Sendable {
    var streams: [Int64: Stream] = [:]
    var assignments: [Int64: Assignment] = [:]
    var workerIDs: [Int64] = []
    /// Why streams are nowhere, or why they should be elsewhere and are not.
    var unplaced: [Int64: String] = [:]
  }

  private let snapshot = Mutex(Snapshot())
  private let registry: WorkerRegistry
  private let board: StatusBoard

  init(registry: WorkerRegistry, board: StatusBoard) {
    self.registry = registry
    self.board = board
  }

  /// The newest state.
  var current: Snapshot { snapshot.withLock { $0 } }

  /// Replaces the state.
  func publish(_ new: Snapshot) {
    snapshot.withLock { $0 = new }
    board.keep(only: Set(new.streams.keys))
  }

  /// Of what a worker says, that which it may say: the streams that are assigned to it now, at their
  /// generation. It repeats what comes too early.
  func own(_ statuses: [StreamStatus], of workerID: Int64) -> [StreamStatus] {
    snapshot.withLock { snapshot in
      statuses.filter { status in
        let assignment = snapshot.assignments[status.streamID]
        return assignment?.workerID == workerID && assignment?.generation == status.generation
      }
    }
  }

  /// How many streams each worker has.
  func streamCounts() -> [Int64: Int] {
    snapshot.withLock { snapshot in
      snapshot.assignments.values.reduce(into: [:]) { $0[$1.workerID, default: 0] += 1 }
    }
  }

  /// The state of a stream, put together from its placement, its worker's life and its worker's words.
  func view(of stream: Stream, viewers: Int) -> StreamView {
    let (assignment, unplaced) = snapshot.withLock { snapshot in
      (snapshot.assignments[stream.metadata.id], snapshot.unplaced[stream.metadata.id])
    }
    guard stream.spec.isEnabled else {
      return StreamView(
        phase: .stopped, message: "the stream is disabled", placement: "disabled",
        viewers: viewers)
    }
    guard let assignment else {
      let reason = unplaced ?? "not looked at yet"
      return StreamView(
        phase: .unassigned, message: "no worker runs it: \(reason)", placement: reason,
        viewers: viewers)
    }
    let placement = unplaced ?? assignment.reason
    let phase = registry.phases(of: [assignment.workerID])[assignment.workerID]
    guard phase == .ready else {
      return StreamView(
        phase: .unknown, message: "worker \(assignment.workerName) is not heard of",
        assignment: assignment, placement: placement, viewers: viewers)
    }
    guard let status = board.status(of: stream.metadata.id, generation: assignment.generation)
    else {
      return StreamView(
        phase: .connecting, message: "worker \(assignment.workerName) is starting it",
        assignment: assignment, placement: placement, viewers: viewers)
    }
    return StreamView(
      phase: status.phase, message: status.message, status: status, assignment: assignment,
      placement: placement, viewers: viewers)
  }
}
