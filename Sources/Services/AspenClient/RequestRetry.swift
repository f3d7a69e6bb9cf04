/// Decides whether a request that got no result is sent again.
///
/// A refusal for too many requests (429) is waited out, at most three times, and a connection that was
/// lost before the answer is tried once more: both only when sending twice does what sending once
/// does.
struct RequestRetry: Sendable {
  /// What to do now.
  enum Action: Sendable, Hashable {
    case giveUp
    case sendAgain(after: Duration)
  }

  private let isRepeatable: Bool
  private var refusals = 0
  private var losses = 0

  /// More waiting would look like hanging; the answer says why it is refused.
  private static let maxRefusals = 3
  /// A controller that wants a longer pause gets a new try from the person, not from the program.
  private static let longestPauseSeconds = 30

  /// `isRepeatable`: whether the controller does a repeated request once.
  init(isRepeatable: Bool) {
    self.isRepeatable = isRepeatable
  }

  /// The controller answered 429; `retryAfter` is its field in seconds.
  mutating func refused(retryAfter: String?) -> Action {
    guard isRepeatable, refusals < Self.maxRefusals else { return .giveUp }
    let seconds = retryAfter.flatMap { Int($0) } ?? 1 << refusals
    guard (0...Self.longestPauseSeconds).contains(seconds) else { return .giveUp }
    refusals += 1
    return .sendAgain(after: .seconds(seconds))
  }

  /// The connection broke before the answer.
  mutating func lost() -> Action {
    guard isRepeatable, losses == 0 else { return .giveUp }
    losses += 1
    return .sendAgain(after: .zero)
  }
}
