/// How long to wait before the next connection after one was lost.
struct Reconnection: Sendable, Hashable {
  private var losses = 0

  /// The connection is lost: the pause before the next one, which grows to 15 seconds. `random` is between
  /// 0 and 1 and keeps many followers from coming back at once.
  mutating func lost(random: Double) -> Duration {
    losses += 1
    let ceiling = min(Double(250 << min(losses - 1, 7)), 15_000)
    return .milliseconds(Int64(ceiling / 2 + ceiling / 2 * random))
  }

  /// Something has come: the next pause is a short one again.
  mutating func received() { losses = 0 }
}
