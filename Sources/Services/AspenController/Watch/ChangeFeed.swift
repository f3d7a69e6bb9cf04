import AspenNet
import Logging
import Synchronization

/// The feed of changes in this controller: follows the source into a ring that all watchers read.
///
/// One task reads, on a signal and on a period. Nothing is read for a watcher that keeps up.
final class ChangeFeed: Sendable {
  private enum Limits {
    /// Changes of one read of the source.
    static let page = 1_000
    /// Changes of one read for a single watcher; more than one batch of usual changes.
    static let catchUpPage = 256
    /// Watchers who read the source at the same time; the others wait, and the store's connections
    /// stay free for requests.
    static let catchingUp = 2
    /// Without a notification, for instance when its connection is down.
    static let period = Duration.seconds(1)
    /// Before the next try after a failure.
    static let pause = Duration.milliseconds(200)
  }

  private let source: any ChangeSource
  private let log: Logger
  private let onGrowth: @Sendable () -> Void
  private let capacity: Int
  /// Nil until the source has answered for the first time. Only `run` changes it.
  private let ring = Mutex<ChangeRing?>(nil)
  private let catchUps = Turnstile(places: Limits.catchingUp)
  private let signals: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  /// A feed that nobody follows yet. `onGrowth` is called on any thread when there are new changes.
  init(
    source: any ChangeSource, capacity: Int = ChangeRing.defaultCapacity, log: Logger,
    onGrowth: @escaping @Sendable () -> Void
  ) {
    self.source = source
    self.capacity = capacity
    self.log = log
    self.onGrowth = onGrowth
    // One pending signal stands for all: each pass reads everything there is.
    (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: Watchers

  /// The next changes after a watcher's position.
  func window(after state: WatchState) -> ChangeRing.Window {
    ring.withLock { ring in
      ring?.window(
        after: state.position, epoch: state.epoch, limit: WatchState.Limits.window) ?? .caughtUp
    }
  }

  /// Where a watch begins: after `revision`, or after the newest there is. Throws
  /// `ChangeSourceError.gone` when the feed has no such place, and what the source throws.
  func start(after revision: Int64?) async throws -> (position: Int64, epoch: Int) {
    let held = ring.withLock { ring in ring.map { ($0.base, $0.newest, $0.epoch) } }
    guard let revision else {
      if let held { return (held.1, held.2) }
      return (try await source.newest(), 0)
    }
    // What the ring does not have may be older or, because the ring is a moment behind, newer.
    if let held, (held.0...held.1).contains(revision) { return (revision, held.2) }
    _ = try await source.changes(after: revision, limit: 1)
    return (revision, held?.2 ?? 0)
  }

  /// A page from the source, for a watcher that fell behind.
  func page(after revision: Int64) async throws -> [WatchedChange] {
    await catchUps.enter()
    defer { catchUps.leave() }
    return try await source.changes(after: revision, limit: Limits.catchUpPage).changes
  }

  // MARK: The reader

  /// Says that there may be changes up to `revision`, if that is known. Any thread.
  func signal(_ revision: Int64? = nil) {
    let isKnown = ring.withLock { ring in
      guard let revision, let ring else { return false }
      return revision <= ring.newest && revision > ring.base
    }
    if !isKnown { continuation.yield() }
  }

  /// Follows the source until the task is cancelled. Failures are logged once until it works again.
  func run(on loop: EventLoop) async {
    let ticker = loop.runTask { [continuation] in
      while !Task.isCancelled {
        continuation.yield()
        do { try await loop.sleep(for: Limits.period) } catch { return }
      }
    }
    var isFailing = false
    for await _ in signals {
      if Task.isCancelled { break }
      do {
        try await follow()
        if isFailing { log.info("the feed of changes can be read again") }
        isFailing = false
      } catch {
        if !isFailing {
          log.warning("the feed of changes cannot be read", metadata: ["error": "\(error)"])
        }
        isFailing = true
        do { try await loop.sleep(for: Limits.pause) } catch { break }
        continuation.yield()
      }
    }
    ticker.cancel()
    await ticker.value
  }

  /// Reads all that is new.
  private func follow() async throws {
    guard let newest = ring.withLock({ $0?.newest }) else {
      try await begin(epoch: 0)
      return
    }
    do {
      var last = newest
      while true {
        let page = try await source.changes(after: last, limit: Limits.page)
        let changes = page.changes.map(EncodedChange.init)
        if changes.isEmpty { return }
        ring.withLock { ring in
          for change in changes { ring?.append(change) }
        }
        onGrowth()
        last += Int64(changes.count)
        if last >= page.newest { return }
      }
    } catch ChangeSourceError.gone(let oldest, let newest) {
      log.warning(
        "the feed of changes begins anew",
        metadata: ["oldest": "\(oldest)", "newest": "\(newest)"])
      try await begin(epoch: (ring.withLock { $0?.epoch } ?? 0) + 1)
    }
  }

  /// Fills a new ring with the newest changes, so that clients that come back after a restart need not
  /// read the database one by one. It is shown when it is complete.
  private func begin(epoch: Int) async throws {
    var next = ChangeRing(
      after: max(try await source.newest() - Int64(capacity), 0), epoch: epoch, capacity: capacity)
    while true {
      do {
        let page = try await source.changes(after: next.newest, limit: Limits.page)
        for change in page.changes { next.append(EncodedChange(change)) }
        if next.newest >= page.newest { break }
      } catch ChangeSourceError.gone(let oldest, let newest) {
        // A feed that is trimmed while we read, or that begins later than the ring has room for.
        let isTrimmed = oldest > next.newest
        next = ChangeRing(after: isTrimmed ? oldest : newest, epoch: epoch, capacity: capacity)
      }
    }
    let complete = next
    ring.withLock { $0 = complete }
    onGrowth()
  }
}
