import AspenModel
import AspenStore

/// What of that whose deletion was requested has stopped, so that it can go now. Pure.
///
/// ```
/// requested ──▶ left out of its worker's desired set ──▶ worker let go, or lost ──▶ gone
/// ```
///
/// A stream goes when no living worker may run it and its own worker has said so, or is lost. A camera
/// goes with the last of its streams.
struct Retirement: Sendable, Hashable {
  /// What workers have said; asked about one stream at a time.
  struct Workers {
    /// Nil: there is no such worker any more.
    let phase: (_ workerID: Int64) -> WorkerPhase?
    /// Whether any living worker may still run the stream.
    let mayRun: (_ streamID: Int64) -> Bool
    /// Whether the worker has said that it does not run the stream.
    let hasReleased: (_ streamID: Int64, _ workerID: Int64) -> Bool
  }

  private enum Limits {
    /// Removals of one transaction; more follow with the next pass, so that no writer waits long.
    static let removals = 500
  }

  /// Streams that go by themselves, in the order of their names.
  private(set) var streams: [SchedulableStream] = []
  /// Cameras that go with what is left of their streams, in the order of their names.
  private(set) var cameras: [PendingCamera] = []
  /// What the others wait for, in words, by stream.
  private(set) var waiting: [Int64: String] = [:]

  /// Whether nothing can go.
  var isEmpty: Bool { streams.isEmpty && cameras.isEmpty }

  /// Decides from the store's state and the workers' words.
  init(of state: SchedulingSnapshot, _ workers: Workers) {
    let assignments = Dictionary(
      state.assignments.map { ($0.streamID, $0) }, uniquingKeysWith: { $1 })
    var stopped: [SchedulableStream] = []
    for stream in state.streams where stream.isDeletionRequested {
      let id = stream.stream.metadata.id
      if let obstacle = Self.obstacle(to: id, assignments[id], workers) {
        waiting[id] = obstacle
      } else {
        stopped.append(stream)
      }
    }
    let busyCameras = Set(
      state.streams.filter { waiting[$0.stream.metadata.id] != nil }.map(\.stream.cameraID))
    cameras = Array(
      state.deletedCameras.filter { !busyCameras.contains($0.id) }.prefix(Limits.removals))
    let leavingCameras = Set(cameras.map(\.id))
    streams = Array(
      stopped.filter { !leavingCameras.contains($0.stream.cameraID) }
        .prefix(Limits.removals - cameras.count))
  }

  /// Why a stream cannot go yet, in words.
  private static func obstacle(
    to streamID: Int64, _ assignment: Assignment?, _ workers: Workers
  ) -> String? {
    if workers.mayRun(streamID) {
      return assignment.map { "worker \($0.workerName) is stopping it" }
        ?? "a worker is stopping it"
    }
    guard let assignment else { return nil }
    switch workers.phase(assignment.workerID) {
    case .ready:
      return workers.hasReleased(streamID, assignment.workerID)
        ? nil : "worker \(assignment.workerName) has not said yet that it has stopped it"
    case .expected:
      return "worker \(assignment.workerName) has not come back yet to say that it has stopped it"
    // Nobody can wait for one that may never come back; if it does, it is told to run nothing.
    case .lost, nil: return nil
    }
  }
}
