import AspenModel

/// What the claims of a token must say.
struct OIDCClaimRules: Sendable {
  /// OpenID Connect Core 2 bounds a subject.
  static let maxSubjectBytes = 255
  /// The most groups, each of at most `maxGroupBytes`; the token's own limit leaves little more room.
  static let maxGroups = 500
  static let maxGroupBytes = 256
  static let maxAudiences = 32

  private let configuration: OIDCConfiguration
  private let skew: Int64

  init(_ configuration: OIDCConfiguration) {
    self.configuration = configuration
    skew = configuration.clockSkew.components.seconds
  }

  /// Whom the claims are about; throws `.rejected`.
  func identity(of claims: JSONValue, now: Timestamp) throws(OIDCError) -> OIDCIdentity {
    guard configuration.isIssuer(claims["iss"]?.text) else {
      throw .rejected("its issuer is not \(configuration.issuer)")
    }
    guard try audiences(claims).contains(where: configuration.isAudience) else {
      throw .rejected("its audience is not \(configuration.audience)")
    }
    let expiresAt = try checkTimes(claims, now: now)
    guard let subject = claims["sub"]?.text,
      (1...Self.maxSubjectBytes).contains(subject.utf8.count), Self.isPlain(subject)
    else { throw .rejected("its subject is not 1 to \(Self.maxSubjectBytes) bytes of text") }
    return OIDCIdentity(subject: subject, groups: try groups(claims), expiresAt: expiresAt)
  }

  private func checkTimes(_ claims: JSONValue, now: Timestamp) throws(OIDCError) -> Timestamp {
    let now = now.microseconds / 1_000_000
    guard let end = try time(claims, "exp") else { throw .rejected("it does not say when it ends") }
    guard now < end + skew else { throw .rejected("it has expired") }
    if let start = try time(claims, "nbf"), start - skew > now {
      throw .rejected("it is not valid yet")
    }
    if let made = try time(claims, "iat"), made - skew > now {
      throw .rejected("it was made in the future")
    }
    return Timestamp(microseconds: end * 1_000_000)
  }

  /// Seconds since 1970, fractions cut off.
  private func time(_ claims: JSONValue, _ name: String) throws(OIDCError) -> Int64? {
    guard let value = claims[name] else { return nil }
    // To the year 9999, so that all sums stay in range.
    guard let seconds = value.decimal, (0...253_402_300_799).contains(seconds) else {
      throw .rejected("its '\(name)' is not a time")
    }
    return Int64(seconds)
  }

  private func audiences(_ claims: JSONValue) throws(OIDCError) -> [String] {
    guard let texts = Self.texts(claims["aud"], most: Self.maxAudiences, maxBytes: 1024) else {
      throw .rejected("its audience is not a string or a list of at most \(Self.maxAudiences)")
    }
    return texts
  }

  private func groups(_ claims: JSONValue) throws(OIDCError) -> [String] {
    guard let value = claims[configuration.groupsClaim] else { return [] }
    guard
      let texts = Self.texts(value, most: Self.maxGroups, maxBytes: Self.maxGroupBytes),
      texts.allSatisfy(Self.isPlain)
    else {
      throw .rejected(
        "its groups are not a list of at most \(Self.maxGroups) strings of at most "
          + "\(Self.maxGroupBytes) bytes")
    }
    return texts
  }

  /// A string, or a list of them.
  private static func texts(_ value: JSONValue?, most: Int, maxBytes: Int) -> [String]? {
    let elements = value?.elements ?? value.map { [$0] } ?? []
    let texts = elements.compactMap(\.text)
    guard !elements.isEmpty || value?.elements != nil, texts.count == elements.count,
      texts.count <= most, texts.allSatisfy({ $0.utf8.count <= maxBytes })
    else { return nil }
    return texts
  }

  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
