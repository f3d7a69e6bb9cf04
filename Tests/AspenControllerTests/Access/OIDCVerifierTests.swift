import AspenCrypto
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Testing

@testable import AspenController

@Suite("OpenID Connect")
struct OIDCVerifierTests {
  private typealias Check = (OIDCVerifier, OIDCTokens, OIDCProvider, ManualClock) async throws ->
    Void

  /// Runs `body` with a verifier whose provider has the keys of that name.
  private func withVerifier(
    keys: String = "first", groupsClaim: String = "groups", _ body: Check
  ) async throws {
    let tokens = try await OIDCTokens.shared
    let provider = OIDCProvider()
    provider.answer.update { $0.keys = tokens.keys(keys) }
    let clock = ManualClock()
    try await provider.run { base, loops in
      let verifier = OIDCVerifier(
        configuration: try OIDCConfiguration(
          issuer: OIDCTokens.issuer, audience: OIDCTokens.audience, jwksURL: base + "/keys",
          groupsClaim: groupsClaim),
        loops: loops, tls: nil, log: Log.silent, now: clock.now)
      try await body(verifier, tokens, provider, clock)
      await verifier.stop()
    }
  }

  /// Why a token was refused.
  private func rejection(
    _ verifier: OIDCVerifier, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async -> String {
    switch await failure(verifier, text, sourceLocation) {
    case .rejected(let reason)?: return reason
    case let other: return "not refused: \(String(describing: other))"
    }
  }

  /// Why a token could not be checked.
  private func obstacle(
    _ verifier: OIDCVerifier, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async -> String {
    switch await failure(verifier, text, sourceLocation) {
    case .unavailable(let reason)?: return reason
    case let other: return "not unavailable: \(String(describing: other))"
    }
  }

  private func failure(
    _ verifier: OIDCVerifier, _ text: String, _ sourceLocation: SourceLocation
  ) async -> OIDCError? {
    await #expect(throws: OIDCError.self, sourceLocation: sourceLocation) {
      try await verifier.verify(text, now: OIDCTokens.now)
    }
  }

  @Test(
    "good tokens of every algorithm and form are accepted",
    arguments: [
      "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "access token", "several audiences",
      "ended within the skew", "begins within the skew", "fractions", "no kid", "no kid on a curve",
    ])
  func good(name: String) async throws {
    try await withVerifier { verifier, tokens, _, _ in
      let identity = try await verifier.verify(tokens.token(name), now: OIDCTokens.now)
      #expect(identity.subject == "ann")
      #expect(identity.groups == ["ops", "night"])
      if name == "RS256" {
        #expect(identity.expiresAt.microseconds == 1_800_000_300_000_000)
      }
    }
  }

  @Test(
    "a token that is forged, over or somebody else's is refused, with the reason for the log",
    arguments: [
      ("none", "its algorithm 'none' is not accepted"),
      ("None", "its algorithm 'None' is not accepted"),
      ("none with a signature", "its algorithm 'none' is not accepted"),
      ("HS256 with the public key", "its algorithm 'HS256' is not accepted"),
      ("HS256 with the modulus", "its algorithm 'HS256' is not accepted"),
      ("RS256 with a code", "its signature does not fit"),
      ("no algorithm", "its header has no algorithm"),
      ("algorithm of a number", "its header has no algorithm"),
      ("another key's name", "its signature does not fit"),
      ("unknown key", "the provider has no key 'third' for RS256"),
      ("key of another kind", "the provider has no key 'small' for RS256"),
      ("critical", "its header has critical extensions"),
      ("logout", "its type is not JWT or at+jwt"),
      ("key id of a number", "its key id is not a string of at most 256 bytes"),
      ("changed", "its signature does not fit"), ("unsigned", "it is not signed"),
      ("expired", "it has expired"), ("no end", "it does not say when it ends"),
      ("end as text", "its 'exp' is not a time"), ("endless", "its 'exp' is not a time"),
      ("too early", "it is not valid yet"), ("future", "it was made in the future"),
      ("another audience", "its audience is not aspen"),
      ("no audience", "its audience is not a string or a list of at most 32"),
      ("empty audiences", "its audience is not aspen"),
      ("audience of numbers", "its audience is not a string or a list of at most 32"),
      ("another issuer", "its issuer is not https://id.example/realm"),
      ("no issuer", "its issuer is not https://id.example/realm"),
      ("no subject", "its subject is not 1 to 255 bytes of text"),
      ("empty subject", "its subject is not 1 to 255 bytes of text"),
      ("long subject", "its subject is not 1 to 255 bytes of text"),
      ("subject of two lines", "its subject is not 1 to 255 bytes of text"),
      (
        "groups of numbers",
        "its groups are not a list of at most 500 strings of at most 256 bytes"
      ),
      (
        "groups in an object",
        "its groups are not a list of at most 500 strings of at most 256 bytes"
      ),
      ("long group", "its groups are not a list of at most 500 strings of at most 256 bytes"),
      ("two parts", "it does not have three parts"), ("five parts", "it does not have three parts"),
      ("padded", "a part of it is not base64url"), ("a list", "its payload is not an object"),
      ("nothing", "it does not have three parts"), ("overlong", "it is longer than 8192 bytes"),
    ])
  func refused(name: String, reason: String) async throws {
    try await withVerifier { verifier, tokens, _, _ in
      #expect(await rejection(verifier, tokens.token(name)) == reason)
    }
  }

  @Test("a client learns nothing of the reason")
  func clientMessage() {
    #expect(
      OIDCError.rejected("its signature does not fit").clientMessage
        == OIDCError.rejected("it has expired").clientMessage)
    #expect(!OIDCError.unavailable("http://inner.example").clientMessage.contains("inner"))
  }

  @Test("groups come from the claim that is configured; none are fine")
  func groups() async throws {
    func expect(_ claim: String, of name: String, gives groups: [String]) async throws {
      try await withVerifier(groupsClaim: claim) { verifier, tokens, _, _ in
        let identity = try await verifier.verify(tokens.token(name), now: OIDCTokens.now)
        #expect(identity.groups == groups)
      }
    }
    try await expect("roles", of: "other claim", gives: ["chief"])
    try await expect("roles", of: "RS256", gives: [])
    try await expect("groups", of: "one group", gives: ["ops"])
    try await expect("groups", of: "no groups", gives: [])
  }

  @Test("a token without a key id is refused when several keys could have signed it")
  func ambiguous() async throws {
    try await withVerifier(keys: "rotated") { verifier, tokens, _, _ in
      #expect(
        await rejection(verifier, tokens.token("no kid"))
          == "the provider has no key that it does not name for RS256")
    }
  }

  @Test("a key that is for one algorithm checks no other")
  func keyAlgorithm() async throws {
    try await withVerifier(keys: "only for RS512") { verifier, tokens, _, _ in
      _ = try await verifier.verify(tokens.token("RS512"), now: OIDCTokens.now)
      #expect(
        await rejection(verifier, tokens.token("RS256"))
          == "the provider has no key 'first' for RS256")
    }
  }

  @Test("keys are fetched once for many tokens, and not at all for hopeless ones")
  func fetchedOnce() async throws {
    try await withVerifier { verifier, tokens, provider, _ in
      for name in ["none", "expired", "another audience", "critical"] {
        _ = await rejection(verifier, tokens.token(name))
      }
      #expect(provider.requests.value.isEmpty)
      let token = tokens.token("RS256")
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            await #expect(throws: Never.self) {
              try await verifier.verify(token, now: OIDCTokens.now)
            }
          }
        }
      }
      #expect(provider.requests.value == ["/keys"])
    }
  }

  @Test("a rotated key is found by asking again, but no more often than every 10 seconds")
  func rotation() async throws {
    try await withVerifier { verifier, tokens, provider, clock in
      let unknown = "the provider has no key 'second' for RS256"
      #expect(await rejection(verifier, tokens.token("second")) == unknown)
      provider.answer.update { $0.keys = tokens.keys("rotated") }
      #expect(await rejection(verifier, tokens.token("second")) == unknown)
      #expect(provider.requests.value.count == 1)
      clock.advance(.seconds(10))
      _ = try await verifier.verify(tokens.token("second"), now: OIDCTokens.now)
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
      #expect(provider.requests.value.count == 2)
    }
  }

  @Test("a key that the provider withdrew is not accepted for longer than its keys are fresh")
  func withdrawn() async throws {
    try await withVerifier(keys: "rotated") { verifier, tokens, provider, clock in
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
      provider.answer.update { $0.keys = tokens.keys("second") }
      clock.advance(.seconds(599))
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
      clock.advance(.seconds(2))
      #expect(
        await rejection(verifier, tokens.token("RS256"))
          == "the provider has no key 'first' for RS256")
    }
  }

  @Test("while the provider is away its keys are kept, for a day")
  func away() async throws {
    try await withVerifier { verifier, tokens, provider, clock in
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
      provider.answer.update { $0.status = 503 }
      clock.advance(.seconds(3600))
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
      #expect(provider.requests.value.count == 2)
      // The provider may have the key by now: nobody can say that the token is bad.
      let answered = "/keys answered 503"
      #expect(await obstacle(verifier, tokens.token("second")).hasSuffix(answered))
      clock.advance(.seconds(86_400))
      #expect(await obstacle(verifier, tokens.token("RS256")).hasSuffix(answered))
      provider.answer.update { $0.status = 200 }
      clock.advance(.seconds(10))
      _ = try await verifier.verify(tokens.token("RS256"), now: OIDCTokens.now)
    }
  }

  @Test(
    "a key set that cannot be used is the provider's fault, not the token's",
    arguments: [
      ("", "is not valid JSON"), ("{}", "has no list 'keys'"), ("[]", "has no list 'keys'"),
      ("{\"keys\":[]}", "has no key that could be used"),
      ("{\"keys\":[\(String(repeating: "0,", count: 100))0]}", "has more than 100 keys"),
      ("{\"keys\":\(String(repeating: " ", count: 300_000))[]}", "larger than 262144 bytes"),
    ])
  func badKeys(text: String, reason: String) async throws {
    try await withVerifier { verifier, tokens, provider, _ in
      provider.answer.update { $0.keys = Array(text.utf8) }
      #expect(await obstacle(verifier, tokens.token("RS256")).contains(reason))
    }
  }

  @Test("discovery finds the keys of the issuer that describes itself, and of no other")
  func discovery() async throws {
    let tokens = try await OIDCTokens.shared
    let provider = OIDCProvider()
    try await provider.run { base, loops in
      let clock = ManualClock()
      let source = OIDCKeySource(
        configuration: try OIDCConfiguration(issuer: base + "/realm/", audience: "aspen"),
        loops: loops, tls: nil, log: Log.silent, limits: .init(), now: clock.now)
      func failure(_ description: JSONValue) async -> String {
        provider.answer.update { $0.description = description }
        clock.advance(.seconds(10))
        let error = await #expect(throws: OIDCError.self) {
          try await source.candidates(keyID: "first", algorithm: .rs256)
        }
        return error?.description ?? ""
      }
      #expect(await failure([:]).hasSuffix("the description is of another issuer"))
      #expect(
        await failure(["issuer": .string(base + "/realm")])
          .hasSuffix("the description is of another issuer"))
      #expect(
        await failure(["issuer": .string(base + "/realm/")])
          .hasSuffix("the description of the issuer has no 'jwks_uri'"))
      #expect(
        await failure(["issuer": .string(base + "/realm/"), "jwks_uri": "http://192.0.2.1/"])
          .hasSuffix("must be an https:// address, or http:// on this machine"))
      provider.answer.update { answer in
        answer.description = [
          "issuer": .string(base + "/realm/"), "jwks_uri": .string(base + "/certs"),
        ]
        answer.keys = tokens.keys("first")
      }
      clock.advance(.seconds(10))
      #expect(try await source.candidates(keyID: "first", algorithm: .rs256).count == 1)
      #expect(
        provider.requests.value.suffix(2) == ["/realm/.well-known/openid-configuration", "/certs"])
      await source.stop()
    }
  }

  @Test(
    "settings that would trust keys sent in the clear are refused, naming the setting",
    arguments: [
      ("http://id.example", nil, "oidc_issuer"), ("id.example", nil, "oidc_issuer"),
      ("", nil, "oidc_issuer"), ("x", "http://id.example/keys", "oidc_jwks_url"),
      ("x", "ftp://id.example/keys", "oidc_jwks_url"), ("x", "wss://id.example", "oidc_jwks_url"),
      ("x", "http://localhost.example/keys", "oidc_jwks_url"),
    ] as [(String, String?, String)])
  func insecure(issuer: String, jwksURL: String?, field: String) {
    let error = #expect(throws: ValidationError.self) {
      try OIDCConfiguration(issuer: issuer, audience: "aspen", jwksURL: jwksURL)
    }
    #expect(error?.violations.map(\.field) == [field])
  }

  @Test(
    "https anywhere and http on this machine are fine",
    arguments: [
      "https://id.example", "http://localhost:8080", "http://127.0.0.1/x", "http://[::1]",
    ])
  func secure(issuer: String) throws {
    _ = try OIDCConfiguration(issuer: issuer, audience: "aspen")
  }
}
