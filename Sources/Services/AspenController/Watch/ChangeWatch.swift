import AspenNet
import AspenStore
import Logging

/// The watch of changes as one part of a controller: the feed, the watches on it and their handlers.
///
/// Give it notifications (`signal`), a task (`run`), and an end (`closeAll`, then cancel the task).
struct ChangeWatch: Sendable {
  let feed: ChangeFeed
  let registry: WatchRegistry

  /// A watch over `source` for connections of these loops.
  init(
    source: any ChangeSource, loops: [EventLoop],
    limits: WatchRegistry.Limits = WatchRegistry.Limits(),
    capacity: Int = ChangeRing.defaultCapacity, log: Logger
  ) {
    let registry = WatchRegistry(loops: loops, limits: limits)
    self.registry = registry
    feed = ChangeFeed(source: source, capacity: capacity, log: log) { registry.wake() }
  }

  /// The handlers of the API.
  var handlers: WatchHandlers { WatchHandlers(feed: feed, registry: registry) }

  /// A notification of the store's channel, whose payload is the newest revision. Any thread.
  func signal(_ payload: String) { feed.signal(Int64(payload)) }

  /// Follows the feed until the task is cancelled.
  func run(on loop: EventLoop) async { await feed.run(on: loop) }

  /// Ends all watches, and lets none begin any more.
  func closeAll() { registry.closeAll(.shutdown) }
}
