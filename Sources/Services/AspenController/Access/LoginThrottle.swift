import AspenNet
import Synchronization

/// Slows down guessing of passwords: sign-ins that fail are counted for the address they come from and
/// for the name they ask for; either may refuse the next one.
///
/// An attempt is counted when it begins and given back when it succeeds, so that many at once cannot slip
/// through. Whoever guesses a name's password from many addresses makes its owner wait, too, but never
/// longer than a guess a `userName` interval: the alternative is to let all of them guess.
final class LoginThrottle: Sendable {
  private struct State: Sendable {
    var addresses: RateLimiterState
    var names: RateLimiterState
  }

  /// Twenty wrong ones, then one in 6 s: a household or office behind one address.
  static let addressRate = Rate(perSecond: 1.0 / 6, burst: 20)
  /// Ten wrong ones, then one in 10 s: 3 million guesses a year.
  static let userNameRate = Rate(perSecond: 1.0 / 10, burst: 10)

  private let state: Mutex<State>

  /// A throttle that has seen nobody.
  init(address: Rate = addressRate, userName: Rate = userNameRate) {
    state = Mutex(
      State(addresses: RateLimiterState(address), names: RateLimiterState(userName)))
  }

  /// Begins an attempt. Nil: go on, and call `succeeded` if the password is right. Else nothing was
  /// counted, and the attempt must be refused with this time to wait, whether the name exists or not.
  func begin(
    address: SocketAddress, userName: String, now: MonotonicTime = .current()
  ) -> Duration? {
    let key = RateLimiter.key(of: address)
    return state.withLock { state in
      let waits = [
        state.addresses.wait(of: key, now: now), state.names.wait(of: userName, now: now),
      ]
      if let longest = waits.compactMap({ $0 }).max() { return longest }
      state.addresses.spend(key, now: now)
      state.names.spend(userName, now: now)
      return nil
    }
  }

  /// Gives an attempt back that was right, or that could not be checked.
  func succeeded(
    address: SocketAddress, userName: String, now: MonotonicTime = .current()
  ) {
    let key = RateLimiter.key(of: address)
    state.withLock { state in
      state.addresses.refund(key, now: now)
      state.names.refund(userName, now: now)
    }
  }
}
