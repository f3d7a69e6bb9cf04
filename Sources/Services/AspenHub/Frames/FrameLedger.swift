import AspenNet
import AspenWire
import Synchronization

/// The one place that says which frames are fresh and who watches what, for all loops.
///
/// The lock is held for a few dictionary accesses; with 50 KB frames that is lost in the noise, and a
/// fence holds for all loops the moment `setStreams` returns.
final class FrameLedger: Sendable {
  private let state: Mutex<FrameLedgerState>

  /// A ledger for so many shards.
  init(shardCount: Int) {
    state = Mutex(FrameLedgerState(shardCount: shardCount))
  }

  /// Does something to the state; no callbacks inside.
  func withState<Result>(
    _ body: (inout FrameLedgerState) -> sending Result
  ) -> sending Result {
    state.withLock { state in body(&state) }
  }
}

/// What became of a frame that an uplink brought.
enum FrameAdmission: Sendable {
  /// Fresh: for the shards that have watchers (a count for each shard).
  case fresh(HubFrame, watchers: [Int])
  /// Of another generation, worker or uplink than the stream's own.
  case stale(String)
  /// Its sequence is not above the last one's.
  case duplicate
}

/// The state of a `FrameLedger`.
struct FrameLedgerState {
  private struct Entry {
    let owner: HubStream.Owner?
    /// Nil as soon as the owner's first frame was taken: from then on the previous one's are stale.
    var previous: HubStream.Owner?
    /// The uplink that `lastSequence` belongs to: a restarted worker counts from 1 again.
    var uplinkID: UInt64 = 0
    var lastSequence: Int64 = 0
    /// For late joiners; one a stream, and none that is too old to be shown.
    var newest: HubFrame?
  }

  private let shardCount: Int
  private(set) var directory = StreamDirectory.empty
  private var entries: [Int64: Entry] = [:]
  /// Apart from the entries, so that watchers of a stream that vanishes and returns stay counted.
  private var watchers: [Int64: [Int]] = [:]
  private var uplinks: [Int64: UInt64] = [:]
  private var lastUplinkID: UInt64 = 0
  private var lastOrder: UInt64 = 0

  /// A state for so many shards, without streams.
  init(shardCount: Int) {
    self.shardCount = shardCount
  }

  /// Replaces the directory; from now on only frames of its generations are fresh.
  mutating func setStreams(_ streams: [HubStream]) -> StreamDirectory {
    directory = directory.successor(streams)
    var next: [Int64: Entry] = [:]
    next.reserveCapacity(streams.count)
    for stream in streams { next[stream.id] = entry(of: stream, after: entries[stream.id]) }
    entries = next
    return directory
  }

  private func entry(of stream: HubStream, after old: Entry?) -> Entry {
    guard var entry = old else { return Entry(owner: stream.owner, previous: stream.previous) }
    if entry.owner == stream.owner {
      if stream.previous == nil { entry.previous = nil }
      return entry
    }
    let shown = entry.previous ?? entry.owner
    var next = Entry(owner: stream.owner, previous: stream.previous)
    if shown != nil, shown == stream.previous {
      // Its frames go on.
      (next.uplinkID, next.lastSequence, next.newest) = (
        entry.uplinkID, entry.lastSequence, entry.newest
      )
    }
    return next
  }

  // MARK: Uplinks

  /// Makes a new uplink the worker's own; frames of its earlier one are stale from now on.
  mutating func openUplink(workerID: Int64) -> UInt64 {
    lastUplinkID += 1
    uplinks[workerID] = lastUplinkID
    return lastUplinkID
  }

  /// Forgets an uplink that has closed.
  mutating func closeUplink(_ id: UInt64, workerID: Int64) {
    if uplinks[workerID] == id { uplinks[workerID] = nil }
  }

  /// Judges a frame, and keeps it as the stream's newest if it is fresh.
  mutating func admit(
    _ header: FrameHeader, _ message: [UInt8], uplink: UInt64, workerID: Int64,
    at now: MonotonicTime
  ) -> FrameAdmission {
    guard uplinks[workerID] == uplink else { return .stale("a newer uplink has replaced this one") }
    guard let index = entries.index(forKey: header.streamID) else {
      return .stale("the stream is not known")
    }
    let entry = entries.values[index]
    let sender = HubStream.Owner(workerID: workerID, generation: header.generation)
    guard sender == entry.owner || sender == entry.previous else {
      return .stale(
        entry.owner?.workerID == workerID
          ? "the stream's generation is another one" : "the stream is another worker's")
    }
    if entry.previous != nil, sender == entry.owner {
      entries.values[index].previous = nil
    } else if entry.uplinkID == uplink, header.sequence <= entry.lastSequence {
      return .duplicate
    }
    lastOrder += 1
    let frame = HubFrame(header: header, message: message, order: lastOrder, arrivedAt: now)
    entries.values[index].uplinkID = uplink
    entries.values[index].lastSequence = header.sequence
    entries.values[index].newest = frame
    return .fresh(frame, watchers: watchers[header.streamID] ?? [])
  }

  /// Drops kept frames that no late joiner would get any more.
  mutating func dropFrames(before time: MonotonicTime) {
    for index in entries.values.indices {
      if let frame = entries.values[index].newest, frame.arrivedAt < time {
        entries.values[index].newest = nil
      }
    }
  }

  // MARK: Watchers

  /// Counts a watcher of the stream on a shard, and returns the newest frame to begin with: no frame is
  /// lost between the two.
  mutating func watch(_ streamID: Int64, shard: Int) -> HubFrame? {
    watchers[streamID, default: Array(repeating: 0, count: shardCount)][shard] += 1
    return entries[streamID]?.newest
  }

  /// Counts a watcher out.
  mutating func unwatch(_ streamID: Int64, shard: Int) {
    guard var counts = watchers.removeValue(forKey: streamID) else { return }
    counts[shard] -= 1
    if counts.contains(where: { $0 > 0 }) { watchers[streamID] = counts }
  }

  /// Watchers of each watched stream.
  var viewerCounts: [Int64: Int] { watchers.mapValues { $0.reduce(0, +) } }

  /// Streams with a watcher.
  var watchedCount: Int { watchers.count }

  /// Workers with an uplink.
  var uplinkCount: Int { uplinks.count }
}
