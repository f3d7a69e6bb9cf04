import AspenNet

/// When a connection is tried again.
///
/// ```
/// idle ──start──▶ connecting ──connected──▶ ready
///                  ▲      │                  │ failed
///                  │      └──failed──▶ waiting ◀┘
///                  └─────retryDue───────┘          any ──close──▶ closed
/// ```
/// The pause doubles from the first to the longest delay. After a connection that held for longer than
/// the longest pause there is none at first, since a pooler or an administrator ends single connections
/// while the server goes on, and then it begins anew; so a server which accepts and drops is not hammered.
struct ReconnectState {
  enum Phase: Equatable { case idle, connecting, ready, waiting, closed }

  private(set) var phase = Phase.idle
  /// Attempts since the last connection that held.
  private(set) var attempt = 0
  private let delays: ClosedRange<Duration>
  private var nextDelay: Duration
  private var readySince: MonotonicTime?

  init(delays: ClosedRange<Duration>) {
    self.delays = delays
    nextDelay = delays.lowerBound
  }

  /// Begins to connect; false if that was done before.
  mutating func start() -> Bool {
    guard phase == .idle else { return false }
    phase = .connecting
    return true
  }

  mutating func connected(at now: MonotonicTime) {
    precondition(phase == .connecting, "only an attempt can succeed")
    phase = .ready
    readySince = now
  }

  /// The attempt failed or the connection broke. Returns the pause before the next attempt.
  mutating func failed(at now: MonotonicTime) -> Duration? {
    guard phase == .connecting || phase == .ready else { return nil }
    phase = .waiting
    defer { readySince = nil }
    if let since = readySince, now - since > delays.upperBound {
      nextDelay = delays.lowerBound
      attempt = 0
      return .zero
    }
    let delay = nextDelay
    nextDelay = min(nextDelay * 2, delays.upperBound)
    attempt += 1
    return delay
  }

  /// The pause is over; true if an attempt begins.
  mutating func retryDue() -> Bool {
    guard phase == .waiting else { return false }
    phase = .connecting
    return true
  }

  /// A working connection is replaced by a new one, at once; true if an attempt begins.
  mutating func replace() -> Bool {
    guard phase == .ready else { return false }
    phase = .connecting
    readySince = nil
    return true
  }

  mutating func close() {
    phase = .closed
  }
}
