import AspenWire

/// What one worker shall run by one reading of the store.
struct DesiredReading: Sendable {
  /// When it was read; decides between the sets of several controllers.
  let version: DesiredVersion
  let streams: [DesiredStream]
  /// The streams that are the worker's and are left out, because they are to be deleted.
  let leaving: Set<Int64>

  /// Whether the worker needs a lease to run it.
  var needsLease: Bool { streams.contains(where: \.stopsWithoutLease) }
}

/// Which desired sets one worker is sent on a connection, and what it has let go of. Pure.
///
/// A set is sent when it differs from the one sent last. It is also sent when the worker may have been
/// told something else since: it follows another controller's later set, or others led in between.
struct DesiredSetState: Sendable {
  private var sent: DesiredReading?
  private(set) var releases = ReleaseState()

  /// Takes a reading of the store. True if the worker must be sent it.
  mutating func read(_ new: DesiredReading) -> Bool {
    guard mustSend(new) else { return false }
    sent = new
    releases.sent(Set(new.streams.map(\.streamID)), leaving: new.leaving, version: new.version)
    return true
  }

  private func mustSend(_ new: DesiredReading) -> Bool {
    guard let sent else { return true }
    if new.version < sent.version { return false }
    return sent.streams != new.streams || sent.leaving != new.leaving
      || sent.version.epoch != new.version.epoch
      || sent.version < releases.followed && releases.followed < new.version
  }

  /// Whether a set was sent.
  var isBegun: Bool { sent != nil }

  /// Whether the set sent last has streams that need a lease.
  var needsLease: Bool { sent?.needsLease ?? false }

  /// The worker said hello.
  mutating func heard(_ hello: WorkerMessage.Hello) {
    releases.heard(hello)
  }

  /// A heartbeat came.
  mutating func heard(_ heartbeat: WorkerMessage.Heartbeat) {
    releases.heard(heartbeat)
  }

  /// A status came. True if the worker has let go of a stream by it.
  mutating func heard(_ status: WorkerMessage.Status) -> Bool {
    releases.heard(status)
  }
}
