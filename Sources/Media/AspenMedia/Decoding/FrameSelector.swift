/// Chooses the frames that a wanted rate needs, evenly over time.
///
/// Each frame adds its share of a wanted frame; a whole one is spent on a frame that is taken.
struct FrameSelector: Sendable {
  private var credit = 1.0
  private var previous: Int64?

  /// Whether to take the frame at `time`, in microseconds of the stream. The first one is taken.
  /// `framesPerSecond` nil takes every frame.
  mutating func takes(frameAt time: Int64, framesPerSecond: Double?) -> Bool {
    if let framesPerSecond {
      let elapsed = Double(max(time - (previous ?? time), 0)) / 1_000_000
      // At most two: a pause must not be followed by a burst, but jitter must cost no frame.
      credit = min(credit + elapsed * framesPerSecond, 2)
    } else {
      credit = 1
    }
    previous = time
    // Timestamps are rounded, so ten tenths may make slightly less than one.
    guard credit >= 0.999 else { return false }
    credit -= 1
    return true
  }

  /// The next frame is a first one again.
  mutating func reset() {
    self = FrameSelector()
  }
}
