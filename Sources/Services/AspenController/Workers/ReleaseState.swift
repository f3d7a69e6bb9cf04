import AspenModel
import AspenWire

/// Which streams one worker has let go of, decided from the desired sets that it was sent on a
/// connection and from what it says. Pure.
///
/// A stream may run on the worker from the first set that has it until the worker says, of a later
/// set without it, that it follows that set and runs the stream no more. A later set may be another
/// controller's: sets of one version are the same whoever sends them. After a new connection anything
/// may run until the worker has followed its first set.
struct ReleaseState: Sendable {
  private enum Limits {
    /// Streams whose sets are remembered one by one. Beyond that the newest set stands for all.
    static let droppedStreams = Worker.maxCapacityStreams
  }

  /// The streams of the newest set.
  private var wanted: Set<Int64> = []
  /// The streams that are the worker's and were left out of the newest set, so that they stop.
  private var leaving: Set<Int64> = []
  private var version = DesiredVersion.none
  /// For streams that left: the version of the first set without them.
  private var droppedAt: [Int64: DesiredVersion] = [:]
  /// The version that must be followed of streams that are not in `droppedAt`: the first of all.
  private var floor: DesiredVersion?
  /// What the worker said last, both in one message.
  private(set) var followed = DesiredVersion.none
  private var running: Set<Int64> = []
  /// What an earlier version says with its heartbeats alone.
  private var heartbeatVersion = DesiredVersion.none

  /// A set was sent; its version is not lower than any before.
  mutating func sent(
    _ streams: Set<Int64>, leaving: Set<Int64> = [], version: DesiredVersion
  ) {
    for streamID in wanted.subtracting(streams).union(leaving.subtracting(self.leaving)) {
      droppedAt[streamID] = version
    }
    for streamID in streams { droppedAt[streamID] = nil }
    wanted = streams
    self.leaving = leaving
    self.version = version
    if floor == nil { floor = version }
    if droppedAt.count > Limits.droppedStreams {
      droppedAt = [:]
      floor = version
    }
  }

  /// The worker said hello, with what it runs already.
  mutating func heard(_ hello: WorkerMessage.Hello) {
    running = Set(hello.running.map(\.streamID))
  }

  /// A heartbeat came.
  mutating func heard(_ heartbeat: WorkerMessage.Heartbeat) {
    heartbeatVersion = max(heartbeatVersion, heartbeat.followed(inEpoch: version.epoch))
  }

  /// A status came. True if the worker has let go of a stream by it.
  mutating func heard(_ status: WorkerMessage.Status) -> Bool {
    let before = (isSettled: isSettled, running: running)
    followed = max(followed, status.followed(inEpoch: version.epoch) ?? heartbeatVersion)
    // As many as one message holds (`WireProtocol.maxControlBytes`).
    running = Set(status.running?.map(\.streamID) ?? status.streams.map(\.streamID))
    let released = droppedAt.filter { !mayRun($0.key) }.map(\.key)
    for streamID in released { droppedAt[streamID] = nil }
    return !released.isEmpty || !before.running.isSubset(of: running)
      || !before.isSettled && isSettled
  }

  /// Whether the worker may still run the stream, by what it was told and has said.
  func mayRun(_ streamID: Int64) -> Bool {
    wanted.contains(streamID) || running.contains(streamID)
      || followed < droppedAt[streamID] ?? .none
  }

  /// Whether the worker was told to stop the stream, which is its own, and has said that it does not run it.
  func hasReleased(_ streamID: Int64) -> Bool {
    isSettled && leaving.contains(streamID) && !mayRun(streamID)
  }

  /// The streams that it may still run, as far as they are known by name.
  var held: Set<Int64> {
    wanted.union(running).union(droppedAt.filter { followed < $0.value }.keys)
  }

  /// Whether the worker follows what must be followed before anything counts as released.
  private var isSettled: Bool {
    floor.map { followed >= $0 } ?? false
  }
}
