/// The newest changes of the feed, without gaps, for all watchers of this controller.
///
/// Bounded by count and by bytes; when full the oldest go, and who still needs them reads them from the
/// database.
struct ChangeRing: Sendable {
  /// The changes after a place.
  enum Window: Sendable {
    /// Some of them, in order; never empty.
    case changes([EncodedChange])
    /// There are none yet.
    case caughtUp
    /// The ring no longer has the next one.
    case behind
    /// The place is after the newest revision of a feed that began anew.
    case gone(newest: Int64)
  }

  /// More than a busy cluster makes in ten seconds, so that only who was away reads the database.
  static let defaultCapacity = 16_384
  /// Things may have 64 KiB of annotations, so the count alone would bound nothing.
  static let defaultMaxBytes = 32 << 20

  /// The revision before the oldest that is held.
  private(set) var base: Int64
  /// The newest revision that is held; `base` when there is none.
  private(set) var newest: Int64
  /// Counts how often the feed began anew, because the database was restored or the reader was away for
  /// longer than the feed is kept.
  private(set) var epoch: Int
  private(set) var bytes = 0
  private let capacity: Int
  private let maxBytes: Int
  /// The change of a revision is at the revision modulo `capacity`.
  private var slots: [EncodedChange?] = []

  init(
    after base: Int64, epoch: Int = 0, capacity: Int = defaultCapacity,
    maxBytes: Int = defaultMaxBytes
  ) {
    precondition(capacity > 0 && base >= 0, "a ring has room, and revisions begin at 1")
    self.base = base
    newest = base
    self.epoch = epoch
    self.capacity = capacity
    self.maxBytes = maxBytes
    slots = Array(repeating: nil, count: capacity)
  }

  /// Adds the change that comes next.
  mutating func append(_ change: EncodedChange) {
    precondition(change.revision == newest + 1, "the feed has no gaps")
    if newest - base == Int64(capacity) { dropOldest() }
    newest += 1
    slots[slot(newest)] = change
    bytes += change.costBytes
    while bytes > maxBytes, newest - base > 1 { dropOldest() }
  }

  /// At most `limit` changes after `position`, which was valid when the ring had `epoch`.
  func window(after position: Int64, epoch: Int, limit: Int) -> Window {
    if position < base { return .behind }
    if position > newest, epoch != self.epoch { return .gone(newest: newest) }
    guard position < newest else { return .caughtUp }
    let last = min(newest, position + Int64(limit))
    return .changes((position + 1...last).compactMap { slots[slot($0)] })
  }

  private mutating func dropOldest() {
    base += 1
    bytes -= slots[slot(base)]?.costBytes ?? 0
    slots[slot(base)] = nil
  }

  private func slot(_ revision: Int64) -> Int { Int(revision % Int64(capacity)) }
}
