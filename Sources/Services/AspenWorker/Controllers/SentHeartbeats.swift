/// When the newest heartbeats of a connection were sent, so that a controller's word on one of them can be
/// counted from the moment at which it was true.
struct SentHeartbeats {
  private enum Limits {
    /// At the usual half second these reach back much longer than any lease. Older ones are forgotten;
    /// a word on them would be worth nothing.
    static let remembered = 64
  }

  private var times: [ContinuousClock.Instant] = []
  /// The sequence of the first of `times`.
  private var first: Int64 = 0

  /// The hello, which is number 0, or the next heartbeat was sent; returns its sequence.
  mutating func sent(at time: ContinuousClock.Instant) -> Int64 {
    times.append(time)
    if times.count > Limits.remembered {
      times.removeFirst()
      first += 1
    }
    return first + Int64(times.count) - 1
  }

  /// When the heartbeat of this sequence was sent; nil if it was not, or too long ago.
  func time(of sequence: Int64) -> ContinuousClock.Instant? {
    let (offset, isWrong) = sequence.subtractingReportingOverflow(first)
    guard !isWrong, offset >= 0, offset < times.count else { return nil }
    return times[Int(offset)]
  }
}
