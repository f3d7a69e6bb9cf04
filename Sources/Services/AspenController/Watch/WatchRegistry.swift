import AspenAPI
import AspenModel
import AspenNet
import Synchronization

/// A place among the watches that are allowed; given back when the last reference goes.
final class WatchTicket: Sendable {
  private let registry: WatchRegistry
  private let principal: String

  fileprivate init(registry: WatchRegistry, principal: String) {
    self.registry = registry
    self.principal = principal
  }

  deinit { registry.release(principal) }
}

/// All watches of this controller: how many there may be, and where they are.
final class WatchRegistry: Sendable {
  /// How many watches there may be; beyond: 429.
  struct Limits: Sendable {
    /// On this controller: each is a connection and a filter over every change.
    var total = 5_000
    /// Of one principal, so that a client that leaks its watches shuts out nobody else.
    var perPrincipal = 100
    /// A peer that takes nothing for so long is closed.
    var stall = WatchShard.Limits.stall
    /// How often a watch is asked whether it is still allowed.
    var recheck = Duration.seconds(5)
  }

  private struct State {
    var total = 0
    var perPrincipal: [String: Int] = [:]
    var end: WatchEnd?
  }

  private let limits: Limits
  private let shards: [WatchShard]
  private let state = Mutex(State())

  /// A registry for connections of these loops.
  init(loops: [EventLoop], limits: Limits = Limits()) {
    self.limits = limits
    shards = loops.map { WatchShard(loop: $0, stall: limits.stall, recheck: limits.recheck) }
  }

  /// Watches at present.
  var count: Int { state.withLock { $0.total } }

  /// Takes a place for a watch. Throws the problem for the client when there is none.
  func admit(_ principal: String) throws(Problem) -> WatchTicket {
    let problem: Problem? = state.withLock { state in
      if let end = state.end { return Problem(.unavailable, end.words) }
      guard state.total < limits.total else {
        return Problem(.rateLimited, "this controller has \(limits.total) watches; try again later")
      }
      guard state.perPrincipal[principal, default: 0] < limits.perPrincipal else {
        return Problem(.rateLimited, "there are \(limits.perPrincipal) watches with this access")
      }
      state.total += 1
      state.perPrincipal[principal, default: 0] += 1
      return nil
    }
    if let problem { throw problem }
    return WatchTicket(registry: self, principal: principal)
  }

  /// Serves a watch until it ends. On the sink's loop.
  func attach(
    _ sink: any WatchSink, on loop: EventLoop, _ pull: any WatchPull, ticket: WatchTicket,
    isStillAllowed: @escaping @Sendable () async -> Bool
  ) {
    guard let shard = shards.first(where: { $0.loop === loop }) else {
      preconditionFailure("a watch is on one of the server's loops")
    }
    shard.attach(sink, pull, ticket: ticket, isStillAllowed: isStillAllowed)
  }

  /// There is something new. Any thread.
  func wake() {
    for shard in shards { shard.wake() }
  }

  /// Ends all watches, and lets none begin any more.
  func closeAll(_ end: WatchEnd = .shutdown) {
    state.withLock { $0.end = end }
    for shard in shards {
      shard.loop.execute { shard.closeAll(end) }
    }
  }

  fileprivate func release(_ principal: String) {
    state.withLock { state in
      state.total -= 1
      guard let count = state.perPrincipal[principal] else { return }
      state.perPrincipal[principal] = count > 1 ? count - 1 : nil
    }
  }
}
