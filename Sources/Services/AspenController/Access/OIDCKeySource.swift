import AspenCrypto
import AspenHTTP
import AspenModel
import AspenNet
import Logging

/// The identity provider's keys, fetched when they are needed and kept as `OIDCKeyState` says. However
/// many tokens wait, one fetch runs.
actor OIDCKeySource {
  /// For each of at most two requests: sign-ins wait for them, but not long.
  private static let timeout = Duration.seconds(5)

  private let configuration: OIDCConfiguration
  private let client: HTTPClient
  private let log: Logger
  private let now: @Sendable () -> MonotonicTime
  private var state: OIDCKeyState
  private var fetching: Task<Void, Never>?

  init(
    configuration: OIDCConfiguration, loops: [EventLoop], tls: TLSClientContext?, log: Logger,
    limits: OIDCKeyState.Limits, now: @escaping @Sendable () -> MonotonicTime
  ) {
    self.configuration = configuration
    var settings = HTTPClientConfiguration()
    settings.bodyBytes = JSONWebKeySet.maxBytes
    settings.maxConnectionsPerOrigin = 2
    settings.tls = tls
    client = HTTPClient(loops: loops, configuration: settings)
    self.log = log
    self.now = now
    state = OIDCKeyState(limits)
  }

  /// The keys that may have signed a token; never empty.
  func candidates(
    keyID: String?, algorithm: SignatureAlgorithm
  ) async throws(OIDCError) -> [SignatureVerifier] {
    func fits(_ set: JSONWebKeySet) -> Bool {
      !set.candidates(keyID: keyID, algorithm: algorithm).isEmpty
    }
    var decision = state.decide(at: now(), fits: fits)
    if case .fetch = decision {
      await fetch().value
      decision = state.afterFetch(at: now(), fits: fits)
    }
    switch decision {
    case .use(let set): return set.candidates(keyID: keyID, algorithm: algorithm)
    case .useAndFetch(let set):
      _ = fetch()
      return set.candidates(keyID: keyID, algorithm: algorithm)
    case .fetch, .unknownKey:
      let key = keyID.map { "'\(OIDCError.shown($0))'" } ?? "that it does not name"
      throw .rejected("the provider has no key \(key) for \(algorithm.rawValue)")
    case .away(let reason): throw .unavailable(reason)
    }
  }

  /// Ends a running fetch and closes connections.
  func stop() async {
    fetching?.cancel()
    await fetching?.value
    client.close()
  }

  private func fetch() -> Task<Void, Never> {
    if let fetching { return fetching }
    state.began(at: now())
    // Not the task of whoever needs the keys first: others wait for them, too, when that one goes away.
    let task = Task { await self.fetchKeys() }
    fetching = task
    return task
  }

  private func fetchKeys() async {
    do throws(OIDCError) {
      let set = try await JSONWebKeySet(parsing: get(jwksURL()))
      state.succeeded(set, at: now())
      log.info("identity provider's keys fetched", metadata: ["keys": "\(set.keys.count)"])
    } catch {
      guard case .unavailable(let reason) = error else {
        preconditionFailure("no token is checked")
      }
      state.failed(reason)
      log.warning("identity provider's keys not fetched", metadata: ["reason": "\(reason)"])
    }
    fetching = nil
  }

  private func jwksURL() async throws(OIDCError) -> HTTPURL {
    if let text = configuration.jwksURL { return try trusted(text) }
    let description: JSONValue
    do {
      description = try JSONValue(parsing: await get(trusted(configuration.discoveryURL)))
    } catch let error as JSONError {
      throw .unavailable("the description of the issuer \(error.message)")
    } catch let error as OIDCError {
      throw error
    } catch {
      throw .unavailable("\(error)")
    }
    // Discovery 4.3: one issuer must not speak for another.
    guard configuration.isIssuer(description["issuer"]?.text) else {
      throw .unavailable("the description is of another issuer")
    }
    guard let text = description["jwks_uri"]?.text else {
      throw .unavailable("the description of the issuer has no 'jwks_uri'")
    }
    return try trusted(text)
  }

  private func trusted(_ text: String) throws(OIDCError) -> HTTPURL {
    do {
      return try OIDCConfiguration.trusted(text, field: "the address of the keys")
    } catch {
      throw .unavailable(error.description)
    }
  }

  private func get(_ url: HTTPURL) async throws(OIDCError) -> [UInt8] {
    do {
      let response = try await client.send(
        HTTPClientRequest(
          url: url, headers: ["Accept": "application/json"], timeout: Self.timeout))
      guard response.status == 200 else {
        throw OIDCError.unavailable("\(url) answered \(response.status)")
      }
      return response.body
    } catch let error as OIDCError {
      throw error
    } catch {
      throw .unavailable("\(url): \(error)")
    }
  }
}
