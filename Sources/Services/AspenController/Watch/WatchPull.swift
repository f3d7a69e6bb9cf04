import AspenNet

/// What a watcher is sent: asked for the next events whenever the connection has taken the last ones.
protocol WatchPull: Sendable {
  /// What to do next.
  mutating func next(at now: MonotonicTime) -> WatchState.Step
  /// Reads what a step asked for. The only part that waits.
  func page(after revision: Int64) async throws -> [WatchedChange]
  /// The events of what was read.
  mutating func take(_ page: [WatchedChange], at now: MonotonicTime) -> [WatchEvent]
}

/// The changes of things.
struct ChangePull: WatchPull {
  let feed: ChangeFeed
  var state: WatchState

  mutating func next(at now: MonotonicTime) -> WatchState.Step {
    state.next(feed.window(after: state), at: now)
  }

  func page(after revision: Int64) async throws -> [WatchedChange] {
    try await feed.page(after: revision)
  }

  mutating func take(_ page: [WatchedChange], at now: MonotonicTime) -> [WatchEvent] {
    // Lazily, since a page may hold more than is sent now.
    state.take(page.lazy.map(EncodedChange.init), at: now)
  }
}
