/// A stream's time in microseconds, from its timestamps where they are sound, else from arrival.
///
/// Cameras send first packets without a timestamp, timestamps that stand still, and jumps.
struct MediaTimeline: Sendable {
  private static let maxStep: Int64 = 5_000_000

  private var time: Int64 = 0
  private var previousTimestamp: Int64?
  private var previousArrival: Int64?

  /// The time of the next frame; never less than that of the one before.
  mutating func advance(timestamp: Int64?, arrival: Int64) -> Int64 {
    var step = max(arrival - (previousArrival ?? arrival), 0)
    if let timestamp, let previousTimestamp {
      let (difference, overflow) = timestamp.subtractingReportingOverflow(previousTimestamp)
      if !overflow, difference > 0, difference <= Self.maxStep { step = difference }
    }
    previousTimestamp = timestamp
    previousArrival = arrival
    time += step
    return time
  }
}
