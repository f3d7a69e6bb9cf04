import AspenModel
import AspenWire

/// Which streams one worker has let go of, decided from the desired sets that it was sent on a
/// connection and from what it says. Pure.
///
/// A stream may run on the worker from the first set that has it until the worker says, of a later
/// set without it, that it follows that set and runs the stream no more. After a new connection
/// anything may run until the worker has followed its first set.
struct ReleaseState: Sendable {
  private enum Limits {
    /// Streams whose sets are remembered one by one. Beyond that the newest set stands for all.
    static let droppedStreams = Worker.maxCapacityStreams
  }

  /// The streams of the newest set.
  private var wanted: Set<Int64> = []
  private var revision: Int64 = 0
  /// For streams that left: the revision of the first set without them.
  private var droppedAt: [Int64: Int64] = [:]
  /// The revision that must be followed of streams that are not in `droppedAt`: the first of all.
  private var floor: Int64 = 1
  /// What the worker said last, both in one message.
  private var followed: Int64 = 0
  private var running: Set<Int64> = []
  /// What an earlier version says with its heartbeats alone.
  private var heartbeatRevision: Int64 = 0

  /// A set was sent; its revision is higher than all before.
  mutating func sent(_ streams: Set<Int64>, revision: Int64) {
    for streamID in wanted.subtracting(streams) { droppedAt[streamID] = revision }
    for streamID in streams { droppedAt[streamID] = nil }
    wanted = streams
    self.revision = revision
    if droppedAt.count > Limits.droppedStreams {
      droppedAt = [:]
      floor = revision
    }
  }

  /// The worker said hello, with what it runs already.
  mutating func heard(_ hello: WorkerMessage.Hello) {
    running = Set(hello.running.map(\.streamID))
  }

  /// A heartbeat came.
  mutating func heard(_ heartbeat: WorkerMessage.Heartbeat) {
    heartbeatRevision = max(heartbeatRevision, heartbeat.desiredRevision)
  }

  /// A status came. True if the worker has let go of a stream by it.
  mutating func heard(_ status: WorkerMessage.Status) -> Bool {
    let before = (followed: followed, running: running)
    // A worker cannot follow what it was not sent.
    followed = min(max(followed, status.desiredRevision ?? heartbeatRevision), revision)
    // As many as one message holds (`WireProtocol.maxControlBytes`).
    running = Set(status.running?.map(\.streamID) ?? status.streams.map(\.streamID))
    let released = droppedAt.filter { !mayRun($0.key) }.map(\.key)
    for streamID in released { droppedAt[streamID] = nil }
    return !released.isEmpty || !before.running.isSubset(of: running)
      || before.followed < floor && followed >= floor
  }

  /// Whether the worker may still run the stream, by what it was told and has said.
  func mayRun(_ streamID: Int64) -> Bool {
    wanted.contains(streamID) || running.contains(streamID)
      || followed < droppedAt[streamID] ?? 0
  }

  /// Whether the worker has said that it does not run the stream.
  func hasReleased(_ streamID: Int64) -> Bool {
    followed >= floor && !mayRun(streamID)
  }

  /// The streams that it may still run, as far as they are known by name.
  var held: Set<Int64> {
    wanted.union(running).union(droppedAt.filter { followed < $0.value }.keys)
  }
}
