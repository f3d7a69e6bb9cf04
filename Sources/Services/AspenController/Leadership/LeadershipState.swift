/// Whether one controller leads. Pure: time is an argument, what to do is returned.
///
/// ```
///            the lease that was read ends, or a release is heard of
///  follower ────────────────────────────────────────────────▶ asking ──leads──▶ leader(epoch)
///    ▲  ▲                                                        │                 │
///    │  └────────────── follows, failed ─────────────────────────┘                 │
///    └──── renewal or write refused, or the lease ended before a renewal was answered
///
///  any ──stop──▶ stopped: gives back what it has, also what an answer brings later
/// ```
///
/// The database's clock says when a lease ends; this side counts the lease from the moment at which it
/// asked, which is earlier, by a clock that never steps. So a leader stops deciding before another begins,
/// except when it was stopped itself: then its epoch is what refuses its writes.
struct LeadershipState: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// The periods of leadership.
  struct Limits: Sendable, Hashable {
    /// How long a lease lasts after it was asked for.
    var lease: Duration = .milliseconds(800)
    /// How long after a renewal the next is asked for: a lease outlives two that were lost.
    var renewal: Duration = .milliseconds(250)
    /// The pause after a failure.
    var retry: Duration = .milliseconds(100)
    /// How long after the end of another's lease this controller asks. Differs between controllers.
    var jitter: Duration = .zero
  }

  /// What is asked of the database.
  struct Request: Sendable, Hashable {
    /// What for.
    enum Kind: Sendable, Hashable {
      /// Take over if nobody leads, or if this controller does without knowing it, under a new epoch.
      case acquire
      /// Extend the lease of an epoch.
      case renew(epoch: Int64)
      /// Give an epoch's lease back, so that others need not wait for its end.
      case release(epoch: Int64)
    }

    let kind: Kind
    let sentAt: Instant
  }

  /// What the database answers.
  enum Answer: Sendable, Hashable {
    /// This controller leads.
    case leads(epoch: Int64)
    /// Another controller leads, for this long; zero: nobody does.
    case follows(remaining: Duration)
    /// There was no answer, or none that tells. The request may have been carried out.
    case failed
  }

  /// Why leadership ended.
  enum Loss: String, Sendable, Hashable {
    /// No renewal was answered in time.
    case expired
    /// Another controller has taken over.
    case takenOver
    /// Given up, to lead under a new epoch.
    case resigned
    /// Given back, because the controller stops.
    case released
  }

  /// What to do now.
  enum Action: Sendable, Hashable {
    case send(Request)
    /// This controller leads from now on.
    case began(epoch: Int64)
    /// This controller leads no longer.
    case ended(epoch: Int64, Loss)
  }

  private struct Tenure {
    let epoch: Int64
    let until: Instant
  }

  /// A lease that has just ended was lost to another controller: its renewal is about to be seen.
  private static let shortestWait = Duration.milliseconds(10)

  let limits: Limits
  private var tenure: Tenure?
  private var newestEpoch: Int64 = 0
  /// When something is to be asked.
  private var nextAt: Instant
  /// The newest request that was not answered.
  private var pending: Request?
  private var isStopped = false

  /// A follower that asks at once.
  init(limits: Limits, at now: Instant) {
    self.limits = limits
    nextAt = now
  }

  /// The epoch in which this controller may decide, now.
  func epoch(at now: Instant) -> Int64? {
    tenure.flatMap { now < $0.until ? $0.epoch : nil }
  }

  /// When `tick` is due.
  var deadline: Instant? {
    if isStopped { return nil }
    let asking = pending.map { max(nextAt, $0.sentAt + patience(with: $0)) } ?? nextAt
    return tenure.map { min($0.until, asking) } ?? asking
  }

  /// Time has passed.
  mutating func tick(at now: Instant) -> [Action] {
    if isStopped { return [] }
    var actions = expire(at: now)
    if let pending, now < pending.sentAt + patience(with: pending) { return actions }
    if now < nextAt { return actions }
    actions.append(ask(tenure.map { .renew(epoch: $0.epoch) } ?? .acquire, at: now))
    return actions
  }

  /// A request was answered, in any order.
  mutating func answered(_ request: Request, _ answer: Answer, at now: Instant) -> [Action] {
    if pending == request { pending = nil }
    if isStopped {
      guard case .acquire = request.kind, case .leads(let epoch) = answer else { return [] }
      return [.send(Request(kind: .release(epoch: epoch), sentAt: now))]
    }
    var actions = expire(at: now)
    switch (request.kind, answer) {
    case (.release, _): break
    case (.renew(let epoch), .leads): extend(epoch, askedAt: request.sentAt)
    case (.acquire, .leads(let epoch)):
      actions += begin(epoch, askedAt: request.sentAt, at: now)
    case (.renew(let epoch), .follows(let remaining)):
      if tenure?.epoch == epoch { actions += end(.takenOver) }
      if tenure == nil { wait(remaining, at: now) }
    case (.acquire, .follows(let remaining)):
      if tenure == nil { wait(remaining, at: now) }
    case (_, .failed): nextAt = max(nextAt, now + limits.retry)
    }
    return actions
  }

  /// Leadership was given back by another controller.
  mutating func heardOfRelease(at now: Instant) -> [Action] {
    if isStopped || tenure != nil { return [] }
    nextAt = now
    return tick(at: now)
  }

  /// A write of an epoch was refused: another controller leads.
  mutating func refused(epoch: Int64, at now: Instant) -> [Action] {
    if isStopped || tenure?.epoch != epoch { return [] }
    nextAt = now
    return end(.takenOver) + tick(at: now)
  }

  /// What this epoch has given out may be forgotten, since the database is older than it was: leads on
  /// under a new one.
  mutating func resign(epoch: Int64, at now: Instant) -> [Action] {
    if isStopped || tenure?.epoch != epoch { return [] }
    nextAt = now
    return end(.resigned) + tick(at: now)
  }

  /// The controller stops.
  mutating func stop(at now: Instant) -> [Action] {
    if isStopped { return [] }
    isStopped = true
    guard let epoch = tenure?.epoch else { return [] }
    return end(.released) + [.send(Request(kind: .release(epoch: epoch), sentAt: now))]
  }

  /// When a request counts as lost. A renewal is repeated while there is a lease to renew.
  private func patience(with request: Request) -> Duration {
    if case .renew = request.kind { return limits.renewal }
    return limits.lease
  }

  private mutating func ask(_ kind: Request.Kind, at now: Instant) -> Action {
    let request = Request(kind: kind, sentAt: now)
    pending = request
    nextAt = now
    return .send(request)
  }

  /// An epoch that is not newer than all before is one that was lost meanwhile.
  private mutating func begin(_ epoch: Int64, askedAt: Instant, at now: Instant) -> [Action] {
    if epoch <= newestEpoch { return [] }
    newestEpoch = epoch
    let until = askedAt + limits.lease
    let actions = end(.takenOver)
    pending = nil
    // It came too late to be used; asking again brings the next epoch.
    guard now < until else { return actions }
    tenure = Tenure(epoch: epoch, until: until)
    nextAt = askedAt + limits.renewal
    return actions + [.began(epoch: epoch)]
  }

  private mutating func extend(_ epoch: Int64, askedAt: Instant) {
    guard let held = tenure, held.epoch == epoch else { return }
    tenure = Tenure(epoch: epoch, until: max(held.until, askedAt + limits.lease))
    nextAt = max(nextAt, askedAt + limits.renewal)
  }

  private mutating func expire(at now: Instant) -> [Action] {
    guard let held = tenure, now >= held.until else { return [] }
    nextAt = now
    return end(.expired)
  }

  private mutating func end(_ loss: Loss) -> [Action] {
    guard let held = tenure else { return [] }
    tenure = nil
    pending = nil
    return [.ended(epoch: held.epoch, loss)]
  }

  /// A lease that is longer than any was written by a clock that has stepped.
  private mutating func wait(_ remaining: Duration, at now: Instant) {
    nextAt = now + min(max(remaining, Self.shortestWait), limits.lease) + limits.jitter
  }
}
