import Synchronization

/// What a hub has done since its start.
package struct HubStatistics: Sendable, Hashable {
  /// Connected now.
  package var viewers = 0
  package var uplinks = 0
  /// Streams that somebody watches now.
  package var streamsWatched = 0
  /// Frames of uplinks that were fresh.
  package var framesReceived = 0
  package var bytesReceived = 0
  /// Frames of another generation, worker or uplink than the stream's own.
  package var framesStale = 0
  /// Frames whose sequence was not above the last one's.
  package var framesDuplicate = 0
  /// Messages of uplinks that were no frame.
  package var framesMalformed = 0
  package var framesSent = 0
  package var bytesSent = 0
  /// Frames that a newer one replaced before a slow viewer could take them.
  package var framesSkipped = 0
  /// Viewers that were closed because they took nothing.
  package var viewersStalled = 0
}

/// A counter that one thread writes and any thread reads.
struct LoopCounter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  /// A plain load and store suffice, since only the owner's loop adds.
  func add(_ count: Int) {
    value.store(value.load(ordering: .relaxed) &+ count, ordering: .relaxed)
  }

  var current: Int { value.load(ordering: .relaxed) }
}
