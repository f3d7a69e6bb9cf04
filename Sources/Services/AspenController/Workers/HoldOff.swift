/// Keeps new streams from a worker that breaks off again and again. Pure: time is an argument.
///
/// ```
/// trusted ──losses within the window──▶ held off ──time passes──▶ trusted again
///                                          ▲                          │
///                                          └── as many losses again: twice as long
/// ```
/// After a quiet time the next hold is a short one again.
struct HoldOff: Sendable, Hashable {
  typealias Instant = ContinuousClock.Instant

  /// When a worker is held off, and for how long.
  struct Limits: Sendable, Hashable {
    /// So many losses within the window are too many.
    var losses = 3
    var window: Duration = .seconds(60)
    var first: Duration = .seconds(15)
    var longest: Duration = .seconds(600)
    /// So long after a hold without another one it is forgotten.
    var memory: Duration = .seconds(600)
  }

  /// One time of being held off.
  struct Period: Sendable, Hashable {
    let until: Instant
    /// How many losses led to it, in how long.
    let losses: Int
    let within: Duration

    /// The reason in words.
    var reason: String {
      "it broke off \(losses) times within \(within.components.seconds) s; it gets no new streams for a while"
    }
  }

  /// The newest losses; fewer than `Limits.losses`.
  private var losses: [Instant] = []
  private var last: Period?
  private var next: Duration?

  /// The hold, if there is one now.
  func period(at now: Instant) -> Period? {
    last.flatMap { now < $0.until ? $0 : nil }
  }

  /// The worker broke off.
  mutating func lost(at time: Instant, _ limits: Limits) {
    losses = losses.filter { time < $0 + limits.window } + [time]
    guard losses.count >= limits.losses else { return }
    losses = []
    let isForgotten = last.map { time > $0.until + limits.memory } ?? true
    let length = isForgotten ? limits.first : min(next ?? limits.first, limits.longest)
    last = Period(
      until: max(time, last?.until ?? time) + length, losses: limits.losses,
      within: limits.window)
    next = length * 2
  }
}
