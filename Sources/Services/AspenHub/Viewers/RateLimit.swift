import AspenNet

/// Lets through at most so many frames a second, evenly, by the time of their arrival.
///
/// Due times advance by whole intervals, so that 25 frames a second limited to 10 give 10 and not 8; a
/// frame may come half an interval early, so that jitter does not halve a stream of the limit's own rate.
struct RateLimit {
  private let interval: Duration
  private var due: MonotonicTime?

  /// A limit above zero.
  init(framesPerSecond: Double) {
    interval = .nanoseconds(Int64((1e9 / max(framesPerSecond, 0.001)).rounded()))
  }

  /// Whether a frame that arrives now goes through.
  mutating func admits(at now: MonotonicTime) -> Bool {
    guard let due else {
      self.due = now + interval
      return true
    }
    guard due - now <= interval / 2 else { return false }
    // After a pause the count starts anew: missed frames are not made up for.
    self.due = now - due > interval ? now + interval : due + interval
    return true
  }
}
