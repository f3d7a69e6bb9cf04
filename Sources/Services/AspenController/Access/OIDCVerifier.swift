import AspenCrypto
import AspenModel
import AspenNet
import Logging

/// Whom a token of the identity provider is about.
struct OIDCIdentity: Sendable, Hashable {
  /// `sub`: stable and unique at the issuer; at most 255 bytes.
  let subject: String
  /// In the token's order.
  let groups: [String]
  /// `exp`; from a clock's skew after this time on the token is not accepted.
  let expiresAt: Timestamp
}

/// Proves bearer tokens of an identity provider: signature, issuer, audience and times (OpenID Connect
/// Core 3.1.3.7, RFC 7519 7.2, RFC 8725).
final class OIDCVerifier: Sendable {
  private let rules: OIDCClaimRules
  private let keys: OIDCKeySource

  /// A verifier that has asked the provider nothing yet. `tls` says whose certificates are trusted.
  /// Tests choose limits and a clock.
  init(
    configuration: OIDCConfiguration, loops: [EventLoop], tls: TLSClientContext?, log: Logger,
    limits: OIDCKeyState.Limits = .init(),
    now: @escaping @Sendable () -> MonotonicTime = { MonotonicTime.current() }
  ) {
    rules = OIDCClaimRules(configuration)
    keys = OIDCKeySource(
      configuration: configuration, loops: loops, tls: tls, log: log, limits: limits, now: now)
  }

  /// The bearer of a token. `.rejected` is a 401; `.unavailable` a 503, since the provider's keys are
  /// not known and the token may be good.
  func verify(_ text: String, now: Timestamp) async throws(OIDCError) -> OIDCIdentity {
    let token = try JSONWebToken(parsing: text)
    // Before the signature: a token that cannot be accepted anyway must not make the provider be asked.
    let identity = try rules.identity(of: token.claims, now: now)
    let candidates = try await keys.candidates(keyID: token.keyID, algorithm: token.algorithm)
    let isProved = candidates.contains { key in
      key.accepts(token.signature, of: token.signed, by: token.algorithm)
    }
    guard isProved else { throw .rejected("its signature does not fit") }
    return identity
  }

  /// Ends a running fetch of keys and closes connections.
  func stop() async { await keys.stop() }
}
