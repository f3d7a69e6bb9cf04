import AspenNet
import Synchronization

/// The watches of one loop.
///
/// `@unchecked Sendable`: all but `wake` is called on its loop only.
final class WatchShard: @unchecked Sendable {
  enum Limits {
    /// A peer that takes nothing for so long is closed.
    static let stall = Duration.seconds(60)
    /// How often deadlines are looked at.
    static let sweep = Duration.seconds(1)
    /// Watches that are served before frames and requests on the loop get their turn.
    static let slice = 256
  }

  let loop: EventLoop
  private let stall: Duration
  private let recheck: Duration
  private let isWoken = Atomic(false)
  private var watchers: [UInt64: Watcher] = [:]
  private var lastID: UInt64 = 0
  private var sweepTimer: LoopTimer?
  private var closed: WatchEnd?

  init(loop: EventLoop, stall: Duration, recheck: Duration) {
    self.loop = loop
    self.stall = stall
    self.recheck = recheck
  }

  /// Asks to serve all watches soon; calls that come before that count once. Any thread.
  func wake() {
    guard !isWoken.exchange(true, ordering: .sequentiallyConsistent) else { return }
    loop.execute { [self] in
      isWoken.store(false, ordering: .sequentiallyConsistent)
      serve(Array(watchers.values)[...])
    }
  }

  func attach(
    _ sink: any WatchSink, _ pull: any WatchPull, ticket: WatchTicket,
    isStillAllowed: @escaping @Sendable () async -> Bool
  ) {
    loop.preconditionInLoop()
    lastID += 1
    let watcher = Watcher(
      id: lastID, loop: loop, sink: sink, pull: pull, ticket: ticket,
      isStillAllowed: isStillAllowed)
    let id = watcher.id
    watchers[id] = watcher
    watcher.start { [weak self] in self?.watchers[id] = nil }
    if let closed { watcher.end(closed) }
    if sweepTimer == nil { scheduleSweep() }
  }

  func closeAll(_ end: WatchEnd) {
    closed = end
    for watcher in Array(watchers.values) { watcher.end(end) }
  }

  private func serve(_ waiting: ArraySlice<Watcher>) {
    for watcher in waiting.prefix(Limits.slice) { watcher.pump() }
    let rest = waiting.dropFirst(Limits.slice)
    guard !rest.isEmpty else { return }
    loop.schedule(after: .zero) { [weak self] in self?.serve(rest) }
  }

  private func scheduleSweep() {
    sweepTimer = loop.schedule(after: min(Limits.sweep, stall / 2, recheck / 2)) { [weak self] in
      guard let self else { return }
      for watcher in Array(watchers.values) { watcher.check(stall: stall, recheck: recheck) }
      if watchers.isEmpty { sweepTimer = nil } else { scheduleSweep() }
    }
  }
}
