/// Growing waits between attempts, with jitter so that workers that lost the same controller do not come
/// back in step.
struct BackOff {
  private let first: Duration
  private let longest: Duration
  private var ceiling: Duration

  /// Waits that double from `first` up to `longest`.
  init(first: Duration = .milliseconds(100), longest: Duration = .seconds(2)) {
    self.first = first
    self.longest = longest
    ceiling = first
  }

  /// The next wait: between half the current ceiling and all of it. `random` is in 0..<1.
  mutating func next(random: Double) -> Duration {
    defer { ceiling = min(ceiling * 2, longest) }
    return ceiling / 2 + ceiling / 2 * random
  }

  /// An attempt has succeeded: the next wait is a short one.
  mutating func reset() {
    ceiling = first
  }
}
