import AspenModel

/// Which workers are alive, decided from their signs of life. Pure: time is an argument.
///
/// ```
///            connected                    silence > lease, or said goodbye
///  expected ───────────▶ ready ─────────────────────────────────────────────▶ lost
///     │                  │   ▲ connected                                       │
///     │ grace over       │   └─────────────────────────────────────────────────┘
///     ▼                  │ connection broke
///    lost                ▼
///                      expected (reconnect grace) ── grace over ──▶ lost
/// ```
struct LivenessState: Sendable {
  /// The periods by which liveness is judged.
  struct Limits: Sendable {
    /// After the controller's start, the time for workers to come back before any is given up.
    var startGrace: Duration
    /// After a broken connection, the time to come back at once.
    var reconnectGrace: Duration
    /// Silence on an open connection after which a worker is lost.
    var lease: Duration
  }

  private enum Entry {
    case expected(until: ContinuousClock.Instant)
    case ready(until: ContinuousClock.Instant)
    case lost
  }

  private let limits: Limits
  private let startedAt: ContinuousClock.Instant
  private var entries: [Int64: Entry] = [:]

  init(limits: Limits, startedAt: ContinuousClock.Instant) {
    self.limits = limits
    self.startedAt = startedAt
  }

  /// The phase of a worker. One never heard of is expected during the start grace.
  func phase(of workerID: Int64, at now: ContinuousClock.Instant) -> WorkerPhase {
    switch entries[workerID] {
    case .ready(let end): now <= end ? .ready : .lost
    case .expected(let end): now <= end ? .expected : .lost
    case .lost: .lost
    case nil: now <= startedAt + limits.startGrace ? .expected : .lost
    }
  }

  /// A worker has said hello, or given a sign of life on its connection.
  mutating func heard(from workerID: Int64, at now: ContinuousClock.Instant) {
    entries[workerID] = .ready(until: now + limits.lease)
  }

  /// A worker's connection ended; a worker that says goodbye stops on purpose.
  mutating func closed(
    workerID: Int64, saidGoodbye: Bool, at now: ContinuousClock.Instant
  ) {
    entries[workerID] = saidGoodbye ? .lost : .expected(until: now + limits.reconnectGrace)
  }

  /// The worker was deleted.
  mutating func forget(workerID: Int64) {
    entries[workerID] = nil
  }
}
