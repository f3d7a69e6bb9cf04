import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet

/// How many requests a second one caller and one address may send, and how many wrong credentials.
///
/// Far above what people and well-behaved programs do; they keep one broken script from starving the
/// others, and make guessing hopeless.
struct RequestLimits: Sendable {
  private let addresses = RateLimiter(Rate(perSecond: 500, burst: 1000))
  private let callers = RateLimiter(Rate(perSecond: 200, burst: 400))
  private let refusals = RateLimiter(Rate(perSecond: 1, burst: 20))

  /// Throws when the address has sent too much, or too many wrong credentials.
  func admit(_ peer: SocketAddress) throws {
    let key = RateLimiter.key(of: peer)
    if let wait = addresses.admit(key) ?? refusals.wait(of: key) {
      throw TooManyRequests(retryAfter: wait)
    }
  }

  /// Throws when the caller has sent too much.
  func admit(_ principal: Principal) throws {
    guard case .caller(let caller) = principal else { return }
    let key = "\(caller.actor.kind.rawValue):\(caller.actor.name)"
    if let wait = callers.admit(key) { throw TooManyRequests(retryAfter: wait) }
  }

  /// Counts a credential that was not accepted.
  func countRefusal(of peer: SocketAddress) {
    _ = refusals.admit(RateLimiter.key(of: peer))
  }
}

/// The caller has to wait before it asks again.
struct TooManyRequests: Error {
  let retryAfter: Duration
}
