import AspenNet

/// One watcher without its connection: a place in the feed, from which it pulls. It has no queue, so
/// that a slow watcher costs no memory and loses nothing.
///
/// ```
/// in the ring ⇄ behind (reads pages of the database) → gone
/// ```
struct WatchState: Sendable {
  /// What to do for a watcher whose connection has taken everything.
  enum Step: Sendable {
    /// Send these; never empty.
    case send([WatchEvent])
    /// Nothing to send yet, but there is more to look at.
    case proceed
    /// Nothing until there are new changes, or time has passed.
    case wait
    /// Read the changes after this revision from the database and hand them to `take`.
    case read(after: Int64)
    /// Send this and close.
    case end(WatchEvent)
  }

  enum Limits {
    /// Most bytes that wait in the connection's queue, or one event. It is all that a stalled watcher
    /// holds.
    static let batchBytes = 64 << 10
    /// Most changes that are looked at in one go, so that the others on the loop get their turn.
    static let window = 256
    /// Changes that were not for this watcher, after which it is told how far it has come.
    static let hiddenRun = 1_000
    /// Silence after which it is told, too; it also shows that the connection lives.
    static let bookmarkPeriod = Duration.seconds(10)
  }

  /// All changes up to this revision have been sent or were not for this watcher.
  private(set) var position: Int64
  /// The epoch of the ring in which `position` was found to be valid.
  let epoch: Int
  private let filter: WatchFilter
  private let sendsBookmarks: Bool
  /// Whether the first thing to be said is where the watch begins.
  private var isUnannounced: Bool
  private var hidden = 0
  private var lastSent: MonotonicTime

  /// A watcher of what comes after `position`.
  init(
    after position: Int64, epoch: Int, filter: WatchFilter, sendsBookmarks: Bool,
    announcesStart: Bool, at now: MonotonicTime
  ) {
    self.position = position
    self.epoch = epoch
    self.filter = filter
    self.sendsBookmarks = sendsBookmarks
    isUnannounced = announcesStart && sendsBookmarks
    lastSent = now
  }

  /// The next step, given what the ring has after `position`.
  mutating func next(_ window: ChangeRing.Window, at now: MonotonicTime) -> Step {
    if isUnannounced { return .send([bookmark(now)]) }
    switch window {
    case .changes(let changes):
      let events = take(changes, at: now)
      return events.isEmpty ? .proceed : .send(events)
    case .caughtUp:
      guard now - lastSent >= Limits.bookmarkPeriod else { return .wait }
      return .send([sendsBookmarks ? bookmark(now) : keepAlive(now)])
    case .behind: return .read(after: position)
    case .gone(let newest): return .end(WatchEvent(.gone, revision: newest))
    }
  }

  /// Moves over the changes that come next and returns their events: as many as fit a batch. What does
  /// not fit is left for later.
  mutating func take(
    _ changes: some Sequence<EncodedChange>, at now: MonotonicTime
  ) -> [WatchEvent] {
    var events: [WatchEvent] = []
    var bytes = 0
    for change in changes {
      precondition(change.revision == position + 1, "no change is left out or told twice")
      if let event = filter.event(for: change) {
        events.append(event)
        bytes += event.bytes.count
        hidden = 0
      } else {
        hidden += 1
      }
      position = change.revision
      if bytes >= Limits.batchBytes { break }
    }
    if hidden >= Limits.hiddenRun, sendsBookmarks { events.append(bookmark(now)) }
    if !events.isEmpty { lastSent = now }
    return events
  }

  private mutating func bookmark(_ now: MonotonicTime) -> WatchEvent {
    isUnannounced = false
    hidden = 0
    lastSent = now
    return WatchEvent(.bookmark, revision: position)
  }

  private mutating func keepAlive(_ now: MonotonicTime) -> WatchEvent {
    lastSent = now
    return .keepAlive
  }
}
