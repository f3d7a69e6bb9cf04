/// Frames a second over the last few seconds.
struct RateMeter: Sendable {
  private static let windowMicroseconds: Int64 = 5_000_000
  /// Enough for 5 s at 60 frames a second.
  private static let maxCount = 300

  private var arrivals: [Int64] = []

  /// A frame arrived at the monotonic time `now`, in microseconds.
  mutating func frameArrived(at now: Int64) {
    arrivals.append(now)
    let expired = arrivals.prefix { now - $0 > Self.windowMicroseconds }.count
    arrivals.removeFirst(max(expired, arrivals.count - Self.maxCount))
  }

  /// Nil until two frames have arrived at different times.
  var framesPerSecond: Double? {
    guard let first = arrivals.first, let last = arrivals.last, last > first else { return nil }
    return Double(arrivals.count - 1) * 1_000_000 / Double(last - first)
  }
}
