import AspenNet

/// How often something may happen: `burst` times at once, then `perSecond` times a second.
struct Rate: Sendable, Hashable {
  let perSecond: Double
  let burst: Int

  /// Both are positive; an empty bucket is full again after a year at most.
  init(perSecond: Double, burst: Int) {
    precondition(perSecond > 0 && perSecond <= 1e6 && burst > 0, "a rate is positive")
    precondition(Double(burst) / perSecond <= 31_536_000, "a bucket fills within a year")
    self.perSecond = perSecond
    self.burst = burst
  }

  /// The time in which one use comes back, in nanoseconds.
  fileprivate var interval: UInt64 { UInt64(1e9 / perSecond) }
}

/// A token bucket for each key, in a table of bounded size.
///
/// A bucket is one number: the time at which it will be full again. That time grows by one interval with
/// each use, and a use that would move it further ahead than `burst` intervals is refused.
///
/// When the table is full, full buckets go first, which loses nothing. If that is not enough, a quarter of
/// the table goes, the fullest buckets first: a stranger with many addresses cannot make this forget whom
/// it is refusing.
struct RateLimiterState: Sendable {
  /// The most buckets: about a megabyte.
  static let maxKeys = 10_000
  /// Longer keys share one bucket; what is limited here has short names.
  static let maxKeyBytes = 256

  let rate: Rate
  private let maxKeys: Int
  private var fullAt: [String: UInt64] = [:]

  /// A state without buckets: every key has a full one. Tests choose a smaller table.
  init(_ rate: Rate, maxKeys: Int = maxKeys) {
    precondition(maxKeys > 0, "a limiter remembers something")
    self.rate = rate
    self.maxKeys = maxKeys
  }

  /// Buckets that are remembered.
  var count: Int { fullAt.count }

  /// Uses `key` once. Nil: admitted; else it was refused, and the time after which it will be admitted.
  mutating func admit(_ key: String, now: MonotonicTime) -> Duration? {
    if let wait = wait(of: key, now: now) { return wait }
    spend(key, now: now)
    return nil
  }

  /// The time until `key` would be admitted; nil if it would be now. Changes nothing.
  func wait(of key: String, now: MonotonicTime) -> Duration? {
    let next = max(fullAt[Self.bounded(key)] ?? 0, now.nanoseconds) + rate.interval
    let limit = now.nanoseconds + rate.interval * UInt64(rate.burst)
    return next > limit ? .nanoseconds(Int64(next - limit)) : nil
  }

  /// Takes one use from `key` without asking; a bucket is never more than empty.
  mutating func spend(_ key: String, now: MonotonicTime) {
    let key = Self.bounded(key)
    if fullAt[key] == nil, fullAt.count >= maxKeys { makeRoom(now) }
    let next = max(fullAt[key] ?? 0, now.nanoseconds) + rate.interval
    fullAt[key] = min(next, now.nanoseconds + rate.interval * UInt64(rate.burst))
  }

  /// Gives one use back to `key`.
  mutating func refund(_ key: String, now: MonotonicTime) {
    let key = Self.bounded(key)
    guard let known = fullAt[key] else { return }
    let earlier = known > rate.interval ? known - rate.interval : 0
    fullAt[key] = earlier > now.nanoseconds ? earlier : nil
  }

  private mutating func makeRoom(_ now: MonotonicTime) {
    fullAt = fullAt.filter { $0.value > now.nanoseconds }
    let kept = maxKeys - max(1, maxKeys / 4)
    guard fullAt.count > kept else { return }
    let emptiest = fullAt.sorted { $0.value > $1.value }.prefix(kept)
    fullAt = Dictionary(uniqueKeysWithValues: emptiest.map { ($0.key, $0.value) })
  }

  private static func bounded(_ key: String) -> String {
    key.utf8.count <= maxKeyBytes ? key : ""
  }
}
