/// Why a token of the identity provider is not accepted.
///
/// `description` is for the log and precise; a client gets `clientMessage` only, since the reason would
/// help whoever forges tokens more than whoever holds a good one.
enum OIDCError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The token is malformed, forged, expired or meant for somebody else.
  case rejected(String)
  /// The provider's keys are not known and cannot be fetched now; the token may be good.
  case unavailable(String)

  var description: String {
    switch self {
    case .rejected(let reason): "the token of the identity provider was refused: \(reason)"
    case .unavailable(let reason): "the identity provider's keys cannot be fetched: \(reason)"
    }
  }

  /// What a client may see.
  var clientMessage: String {
    switch self {
    case .rejected: "the token is not known, has expired or was revoked"
    case .unavailable: "the identity provider cannot be reached; try again in a moment"
    }
  }

  /// A text from outside, fit for a line of the log.
  static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(80).map { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F ? "?" : String(scalar)
    }
    return scalars.joined()
  }
}
