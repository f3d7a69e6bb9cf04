import AspenNet
import Synchronization

/// A `RateLimiterState` that requests of all loops share.
final class RateLimiter: Sendable {
  private let state: Mutex<RateLimiterState>

  /// A limiter that has seen nobody.
  init(_ rate: Rate) {
    state = Mutex(RateLimiterState(rate))
  }

  /// How long the key has to wait; nil if its next request would be admitted. Spends nothing.
  func wait(of key: String, now: MonotonicTime = .current()) -> Duration? {
    state.withLock { $0.wait(of: key, now: now) }
  }

  /// Uses `key` once. Nil: admitted; else it was refused, and the time after which to try again.
  func admit(_ key: String, now: MonotonicTime = .current()) -> Duration? {
    state.withLock { $0.admit(key, now: now) }
  }

  /// The key of who sends from an address: an IPv4 address, or the network of an IPv6 one, since one
  /// machine has 2⁶⁴ addresses of it.
  static func key(of peer: SocketAddress) -> String {
    switch peer.storage {
    case .ip4: peer.host
    case .ip6(let high, _, _, _): String(high, radix: 16) + "::/64"
    case .unix: "unix"
    }
  }
}
