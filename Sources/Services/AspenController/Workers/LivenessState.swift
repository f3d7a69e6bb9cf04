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
///
/// A worker that breaks off again and again is held off (`HoldOff`): ready, but not for new streams.
struct LivenessState: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// The periods by which liveness is judged.
  struct Limits: Sendable {
    /// After the controller's start, the time for workers to come back before any is given up.
    var startGrace: Duration
    /// After a broken connection, the time to come back at once.
    var reconnectGrace: Duration
    /// Silence on an open connection after which a worker is lost.
    var lease: Duration
    /// How much longer than the lease a worker is held to use it: its clock may run slower.
    var leaseMargin: Duration = .milliseconds(300)
    var holdOff = HoldOff.Limits()
  }

  private enum Phase {
    case expected(until: Instant)
    case ready(until: Instant)
    case lost(since: Instant)
  }

  private struct Entry {
    var phase: Phase
    /// When it last gave a sign of life; nil: never to this controller.
    var heardAt: Instant?
    var holdOff = HoldOff()
  }

  /// Until when other controllers may have told workers that they are heard.
  private var vouchedUntil: [Int64: Instant] = [:]

  private let limits: Limits
  private let startedAt: Instant
  private var entries: [Int64: Entry] = [:]

  init(limits: Limits, startedAt: Instant) {
    self.limits = limits
    self.startedAt = startedAt
  }

  /// The phase of a worker. One never heard of is expected during the start grace.
  func phase(of workerID: Int64, at now: Instant) -> WorkerPhase {
    if lostSince(workerID, at: now) != nil { return .lost }
    if case .ready = entries[workerID]?.phase { return .ready }
    return .expected
  }

  /// Since when a worker is lost; nil: it is not.
  func lostSince(_ workerID: Int64, at now: Instant) -> Instant? {
    switch entries[workerID]?.phase {
    case .ready(let end), .expected(let end): now > end ? end : nil
    case .lost(let since): since
    case nil: now > startedAt + limits.startGrace ? startedAt + limits.startGrace : nil
    }
  }

  /// Whether no word of this controller, of its last life or of another controller can make the worker go
  /// on with streams that need a lease.
  func isLeaseOver(of workerID: Int64, at now: Instant) -> Bool {
    let heardAt = entries[workerID]?.heardAt ?? startedAt
    let last = max(heardAt, vouchedUntil[workerID] ?? heardAt)
    return now > last + limits.lease + limits.leaseMargin
  }

  /// Until when a worker gets no new streams, and how often it was lost before; nil: it may get them.
  func heldOff(_ workerID: Int64, at now: Instant) -> HoldOff.Period? {
    entries[workerID]?.holdOff.period(at: now)
  }

  /// A worker has said hello, or given a sign of life on its connection.
  mutating func heard(from workerID: Int64, at now: Instant) {
    var entry = entries[workerID] ?? Entry(phase: .ready(until: now))
    // Silence ended the lease, and nobody asked meanwhile.
    if case .ready(let end) = entry.phase, now > end {
      entry.holdOff.lost(at: end, limits.holdOff)
    }
    entry.phase = .ready(until: now + limits.lease)
    entry.heardAt = now
    entries[workerID] = entry
  }

  /// Another controller hears these workers, and may tell them so until `end`.
  mutating func heardElsewhere(_ workerIDs: Set<Int64>, until end: Instant) {
    for workerID in workerIDs {
      vouchedUntil[workerID] = max(vouchedUntil[workerID] ?? end, end)
    }
  }

  /// A worker's connection ended; a worker that says goodbye stops on purpose.
  mutating func closed(workerID: Int64, saidGoodbye: Bool, at now: Instant) {
    let lostSince = lostSince(workerID, at: now)
    var entry = entries[workerID] ?? Entry(phase: .lost(since: now))
    if saidGoodbye {
      entry.phase = .lost(since: lostSince ?? now)
    } else {
      entry.holdOff.lost(at: lostSince ?? now, limits.holdOff)
      entry.phase =
        lostSince.map { .lost(since: $0) } ?? .expected(until: now + limits.reconnectGrace)
    }
    entries[workerID] = entry
  }

  /// The worker was deleted.
  mutating func forget(workerID: Int64) {
    entries[workerID] = nil
    vouchedUntil[workerID] = nil
  }
}
