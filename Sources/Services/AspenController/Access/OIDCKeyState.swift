import AspenNet

/// When the provider's keys are used and when they are fetched again.
///
/// Keys are fresh for 10 minutes. Older ones are still used while the provider is away, for a day: longer
/// than its tokens live, so that waiting longer would help nobody. A token with an unknown key has the keys
/// fetched at once, since they may have been rotated. Between two fetches lie 10 seconds at least, so
/// that made-up key ids do not become a flood for the provider.
struct OIDCKeyState: Sendable {
  /// The periods above; tests choose others.
  struct Limits: Sendable {
    var fresh = Duration.seconds(600)
    var kept = Duration.seconds(86_400)
    var pause = Duration.seconds(10)
  }

  /// What to do for one token.
  enum Decision: Sendable {
    /// Check it with these keys.
    case use(JSONWebKeySet)
    /// Check it with these keys and fetch newer ones meanwhile: the last fetch failed, and waiting for
    /// the next would make everybody wait as long as the provider is away.
    case useAndFetch(JSONWebKeySet)
    /// Fetch, or wait for the fetch that runs, then look again with `afterFetch`.
    case fetch
    /// No key fits, and it was asked for a moment ago.
    case unknownKey
    /// There are no keys, and the last fetch, a moment ago, failed.
    case away(String)
  }

  let limits: Limits
  private var keys: (set: JSONWebKeySet, at: MonotonicTime)?
  private var failure: String?
  private var startedAt: MonotonicTime?
  private var isFetching = false

  /// A state without keys.
  init(_ limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Decides for a token; `fits` tells whether a set has a key for it.
  func decide(at now: MonotonicTime, fits: (JSONWebKeySet) -> Bool) -> Decision {
    let mayFetch = isFetching || startedAt.map { now - $0 >= limits.pause } ?? true
    guard let (set, at) = keys, now - at < limits.kept else {
      return mayFetch ? .fetch : .away(failure ?? "there are none")
    }
    guard fits(set) else { return mayFetch ? .fetch : unknown }
    if now - at < limits.fresh || !mayFetch { return .use(set) }
    return failure == nil ? .fetch : .useAndFetch(set)
  }

  /// Decides once more, after a fetch: nothing is fetched twice for a token.
  func afterFetch(at now: MonotonicTime, fits: (JSONWebKeySet) -> Bool) -> Decision {
    guard let (set, at) = keys, now - at < limits.kept else {
      return .away(failure ?? "there are none")
    }
    if fits(set) { return .use(set) }
    return unknown
  }

  /// While the provider is away nobody knows whether it has the key by now.
  private var unknown: Decision { failure.map { .away($0) } ?? .unknownKey }

  /// A fetch begins.
  mutating func began(at now: MonotonicTime) {
    startedAt = now
    isFetching = true
  }

  /// The fetch brought keys.
  mutating func succeeded(_ set: JSONWebKeySet, at now: MonotonicTime) {
    keys = (set, now)
    failure = nil
    isFetching = false
  }

  /// The fetch brought none, for this reason.
  mutating func failed(_ reason: String) {
    failure = reason
    isFetching = false
  }
}
