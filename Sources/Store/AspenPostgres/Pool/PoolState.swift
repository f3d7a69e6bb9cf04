/// Which connection takes a request, and who waits for one.
///
/// Statements share connections; a transaction has one for itself (a lease). With several connections
/// one is never leased, so that statements pass while all transactions run. A request waits only where
/// there is hope: for the very first connection, or for one that is busy. While the database is down it
/// is refused at once. Waiting and running requests together are bounded; one more is refused.
struct PoolState {
  enum Phase: Equatable {
    /// Not tried yet, or being replaced: worth waiting for.
    case connecting
    case ready(epoch: UInt64)
    case down(String)
  }

  struct Lease: Equatable, Sendable {
    let slot: Int
    let epoch: UInt64
  }

  enum Decision: Equatable {
    case use(Lease)
    /// `isConnected`: some connection works, it is only taken.
    case wait(isConnected: Bool)
    case refuse(PostgresError)
  }

  enum Grant: Equatable {
    case query(UInt64, Lease)
    case lease(UInt64, Lease)
    case refusal(UInt64, PostgresError)
  }

  private struct Slot {
    var phase = Phase.connecting
    var isLeased = false
    var running = 0
  }

  private enum Waiter: Equatable {
    case query(UInt64)
    case lease(UInt64)

    var id: UInt64 {
      switch self {
      case .query(let id), .lease(let id): id
      }
    }
  }

  private var slots: [Slot]
  private var waiters: [Waiter] = []
  private var isClosed = false
  private let maxPending: Int

  init(connections: Int, maxPending: Int) {
    precondition(connections > 0, "a pool has a connection")
    slots = Array(repeating: Slot(), count: connections)
    self.maxPending = maxPending
  }

  /// Requests that run or wait.
  var pending: Int { slots.reduce(waiters.count) { $0 + $1.running } }

  mutating func requestQuery(_ id: UInt64) -> Decision {
    request(.query(id)) { $0.queryCandidate }
  }

  mutating func requestLease(_ id: UInt64) -> Decision {
    request(.lease(id)) { $0.leaseCandidate }
  }

  /// A request of the holder of a lease was sent.
  mutating func sent(_ slot: Int) {
    slots[slot].running += 1
  }

  /// A request left its connection.
  mutating func served(_ slot: Int) {
    slots[slot].running -= 1
  }

  mutating func becameReady(_ slot: Int, epoch: UInt64) -> [Grant] {
    slots[slot].phase = .ready(epoch: epoch)
    return grants()
  }

  mutating func wentDown(_ slot: Int, _ message: String) -> [Grant] {
    slots[slot].phase = .down(message)
    return refusalsIfHopeless()
  }

  mutating func isBeingReplaced(_ slot: Int) {
    slots[slot].phase = .connecting
  }

  mutating func leaseEnded(_ slot: Int) -> [Grant] {
    slots[slot].isLeased = false
    return grants()
  }

  /// A waiter gives up; false if it does not wait any more.
  mutating func withdraw(_ id: UInt64) -> Bool {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
    waiters.remove(at: index)
    return true
  }

  /// No request is taken any more; all that wait are refused.
  mutating func close() -> [Grant] {
    isClosed = true
    defer { waiters = [] }
    return waiters.map { .refusal($0.id, .unavailable("the pool is closed")) }
  }

  private mutating func request(
    _ waiter: Waiter, candidate: (PoolState) -> Lease?
  ) -> Decision {
    if isClosed { return .refuse(.unavailable("the pool is closed")) }
    if pending >= maxPending { return .refuse(.unavailable("too many requests are waiting")) }
    if let lease = candidate(self) {
      take(lease, for: waiter)
      return .use(lease)
    }
    if let message = hopelessness { return .refuse(.unavailable(message)) }
    waiters.append(waiter)
    let isConnected = slots.contains { if case .ready = $0.phase { true } else { false } }
    return .wait(isConnected: isConnected)
  }

  private mutating func take(_ lease: Lease, for waiter: Waiter) {
    switch waiter {
    case .query: slots[lease.slot].running += 1
    case .lease: slots[lease.slot].isLeased = true
    }
  }

  /// Serves the waiters in order; one that cannot be served yet does not hold up the other kind.
  private mutating func grants() -> [Grant] {
    var granted: [Grant] = []
    var left: [Waiter] = []
    for waiter in waiters {
      switch waiter {
      case .query(let id):
        guard let lease = queryCandidate else { break }
        take(lease, for: waiter)
        granted.append(.query(id, lease))
        continue
      case .lease(let id):
        guard let lease = leaseCandidate else { break }
        take(lease, for: waiter)
        granted.append(.lease(id, lease))
        continue
      }
      left.append(waiter)
    }
    waiters = left
    return granted
  }

  private mutating func refusalsIfHopeless() -> [Grant] {
    guard let message = hopelessness else { return [] }
    defer { waiters = [] }
    return waiters.map { .refusal($0.id, .unavailable(message)) }
  }

  /// Why waiting has no point: every connection is down.
  private var hopelessness: String? {
    var message: String?
    for slot in slots {
      guard case .down(let reason) = slot.phase else { return nil }
      message = message ?? reason
    }
    return message
  }

  /// The least busy connection that nobody has leased.
  private var queryCandidate: Lease? {
    var best: (lease: Lease, running: Int)?
    for (index, slot) in slots.enumerated() {
      guard case .ready(let epoch) = slot.phase, !slot.isLeased else { continue }
      if let best, best.running <= slot.running { continue }
      best = (Lease(slot: index, epoch: epoch), slot.running)
    }
    return best?.lease
  }

  private var leaseCandidate: Lease? {
    let leased = slots.count { $0.isLeased }
    return leased < max(1, slots.count - 1) ? queryCandidate : nil
  }
}
