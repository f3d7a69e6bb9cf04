/// Plays a file's packets at the speed of their timestamps, loop after loop.
struct FilePacer: Sendable {
  /// More than this ahead or behind, the timestamps say nothing about now.
  private static let maxGap: Int64 = 2_000_000

  private let defaultInterval: Int64
  private var previousTimestamp: Int64?
  private var due: Int64?

  /// `framesPerSecond` is used where timestamps are missing or jump.
  init(framesPerSecond: Double) {
    let rate = framesPerSecond > 0 && framesPerSecond <= 1000 ? framesPerSecond : 25
    defaultInterval = Int64(1_000_000 / rate)
  }

  /// The monotonic time at which to release a packet; all times in microseconds.
  mutating func releaseTime(timestamp: Int64?, now: Int64) -> Int64 {
    var interval = defaultInterval
    if let timestamp, let previousTimestamp, timestamp >= previousTimestamp,
      timestamp - previousTimestamp <= Self.maxGap
    {
      interval = timestamp - previousTimestamp
    }
    previousTimestamp = timestamp
    var release = due.map { $0 + interval } ?? now
    if now - release > Self.maxGap { release = now }
    due = release
    return release
  }

  /// The file begins again.
  mutating func rewind() {
    previousTimestamp = nil
  }
}
