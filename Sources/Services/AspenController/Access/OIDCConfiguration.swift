import AspenHTTP
package import AspenModel
import AspenNet

/// Which identity provider is trusted (OpenID Connect), and what its tokens must say.
package struct OIDCConfiguration: Sendable, Hashable {
  /// What `iss` must be, to the byte.
  package let issuer: String
  /// What `aud` must be or contain.
  package let audience: String
  /// Where the keys are; nil: where the issuer's `/.well-known/openid-configuration` says.
  package let jwksURL: String?
  /// The claim that lists the groups.
  package let groupsClaim: String
  /// By how much the clocks of provider and controller may differ.
  package let clockSkew: Duration

  /// Checks the settings. The error names `oidc_issuer`, `oidc_audience`, `oidc_jwks_url`,
  /// `oidc_groups_claim` or `oidc_clock_skew`.
  package init(
    issuer: String, audience: String, jwksURL: String? = nil, groupsClaim: String = "groups",
    clockSkew: Duration = .seconds(60)
  ) throws(ValidationError) {
    func required(_ text: String, _ field: String) throws(ValidationError) {
      guard (1...1024).contains(text.utf8.count) else {
        throw ValidationError(field, "must have 1 to 1024 bytes")
      }
    }
    try required(issuer, "oidc_issuer")
    try required(audience, "oidc_audience")
    try required(groupsClaim, "oidc_groups_claim")
    guard clockSkew >= .zero, clockSkew <= .seconds(600) else {
      throw ValidationError("oidc_clock_skew", "must be between 0 and 600 seconds")
    }
    self.issuer = issuer
    self.audience = audience
    self.jwksURL = jwksURL
    self.groupsClaim = groupsClaim
    self.clockSkew = clockSkew
    if let jwksURL {
      _ = try Self.trusted(jwksURL, field: "oidc_jwks_url")
    } else {
      _ = try Self.trusted(discoveryURL, field: "oidc_issuer")
    }
  }

  /// Whether a text names this issuer: to the byte, since texts that only look alike are others.
  func isIssuer(_ text: String?) -> Bool { text?.utf8.elementsEqual(issuer.utf8) ?? false }

  /// Whether a text names this audience, to the byte.
  func isAudience(_ text: String) -> Bool { text.utf8.elementsEqual(audience.utf8) }

  /// The address of the issuer's description (OpenID Connect Discovery 4).
  var discoveryURL: String {
    (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer)
      + "/.well-known/openid-configuration"
  }

  /// An address from which keys may come: whoever could change them on the way could sign in as anybody.
  static func trusted(_ text: String, field: String) throws(ValidationError) -> HTTPURL {
    let url: HTTPURL
    do {
      url = try HTTPURL(text)
    } catch {
      throw ValidationError(field, error.description)
    }
    let isLocal =
      url.host == "localhost" || (try? SocketAddress(ip: url.host, port: 0))?.isLoopback == true
    guard url.scheme == "https" || url.scheme == "http" && (isLocal || url.unixPath != nil) else {
      throw ValidationError(field, "must be an https:// address, or http:// on this machine")
    }
    return url
  }
}
