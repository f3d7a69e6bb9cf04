import AspenNet
import Synchronization

/// One place among the connections that a server allows, given back when the last reference goes.
///
/// The HTTP connection holds it; an upgraded protocol goes on holding it.
package final class HTTPConnectionSlot: Sendable {
  private let counter: HTTPConnectionCounter
  private let peer: String?

  fileprivate init(counter: HTTPConnectionCounter, peer: String?) {
    self.counter = counter
    self.peer = peer
  }

  deinit { counter.release(peer) }
}

/// Counts connections in total and by peer address.
final class HTTPConnectionCounter: Sendable {
  private struct Counts {
    var total = 0
    var perPeer: [String: Int] = [:]
  }

  private let counts = Mutex(Counts())
  private let maxConnections: Int
  private let maxConnectionsPerPeer: Int

  init(maxConnections: Int, maxConnectionsPerPeer: Int) {
    self.maxConnections = maxConnections
    self.maxConnectionsPerPeer = maxConnectionsPerPeer
  }

  /// Nil when one of the limits is reached.
  func acquire(_ address: SocketAddress) -> HTTPConnectionSlot? {
    let peer = address.isUnix ? nil : address.host
    let isAllowed = counts.withLock { counts in
      guard counts.total < maxConnections else { return false }
      if let peer {
        guard counts.perPeer[peer, default: 0] < maxConnectionsPerPeer else { return false }
        counts.perPeer[peer, default: 0] += 1
      }
      counts.total += 1
      return true
    }
    return isAllowed ? HTTPConnectionSlot(counter: self, peer: peer) : nil
  }

  /// Connections at present.
  var total: Int { counts.withLock { $0.total } }

  fileprivate func release(_ peer: String?) {
    counts.withLock { counts in
      counts.total -= 1
      guard let peer, let count = counts.perPeer[peer] else { return }
      counts.perPeer[peer] = count > 1 ? count - 1 : nil
    }
  }
}
