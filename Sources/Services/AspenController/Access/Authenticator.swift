import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenModel
import AspenStore
import AspenWire
import Synchronization

/// Proves who sends a request. Deny by default: an operation that is not open needs a proof of its kind.
///
/// Proofs are remembered for a short time, so that a viewer costs no query for each request, and longer
/// while PostgreSQL is away, so that workers and viewers can come back without it. A change of tokens,
/// users or role bindings makes every controller forget its proofs at once.
final class Authenticator: Sendable {
  private struct Proof {
    let principal: Principal
    let provedAt: ContinuousClock.Instant
  }

  private enum Limits {
    /// A revoked proof stops working after this time at the latest.
    static let freshness = Duration.seconds(5)
    /// While the database is away, a proof of this age still counts.
    static let staleness = Duration.seconds(600)
    /// The most remembered proofs; then all are forgotten and proved anew.
    static let proofs = 10_000
  }

  private let store: Store
  private let viewLinks: ViewLinkSigner?
  private let oidc: OIDCVerifier?
  private let now: @Sendable () -> Timestamp
  private let clock = ContinuousClock()
  private let proofs = Mutex<[[UInt8]: Proof]>([:])

  init(
    store: Store, viewLinks: ViewLinkSigner?, oidc: OIDCVerifier?,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.viewLinks = viewLinks
    self.oidc = oidc
    self.now = now
  }

  /// The sender of `request`, or a problem: 401 without a valid proof, 403 with one of another kind.
  func principal(of request: HTTPRequest, for operation: APIOperation) async throws -> Principal {
    switch operation.access {
    case .open: return .anyone
    case .joining: return .joining(try joinToken(of: request))
    case .worker:
      let principal = try await bearer(of: request)
      guard case .worker = principal else { throw Self.wrongKind }
      return principal
    case .authenticated: return try await person(of: request)
    case .role(let role, let scope):
      if operation.takesViewLink, let link = try viewLink(of: request) { return .viewLink(link) }
      let principal = try await person(of: request)
      guard case .caller(let caller) = principal, caller.rights.mayCall(role, in: scope) else {
        throw AccessRefused(
          actor: principal.actor, problem: Problem(.forbidden, Self.missing(role, scope)))
      }
      return principal
    }
  }

  /// Forgets all proofs, after one of them may have been revoked.
  func forgetProofs() {
    proofs.withLock { $0 = [:] }
  }

  /// Whether whoever sent `request` may still do exactly what it could when it began: for connections
  /// that stay.
  func stillProves(_ request: APIRequest) async -> Bool {
    do {
      let principal = try await principal(of: request.http, for: request.operation)
      guard case .caller(let now) = principal, case .caller(let then) = request.principal else {
        return true
      }
      return now.rights == then.rights
    } catch StoreError.unavailable {
      return true
    } catch {
      return false
    }
  }

  static let wrongKind = Problem(
    .forbidden, "this token is not for this kind of request")

  private static func missing(_ role: AccessRole, _ scope: APIScope) -> String {
    scope == .cluster
      ? "this needs the role \(role.rawValue) for everything, not only for some cameras"
      : "this needs the role \(role.rawValue)"
  }

  // MARK: Proofs

  private func joinToken(of request: HTTPRequest) throws -> JoinTokenText {
    guard let token = Self.token(of: request), let join = JoinTokenText(parsing: token) else {
      throw Problem(.unauthorized, "joining needs a join token")
    }
    return join
  }

  private func viewLink(of request: HTTPRequest) throws -> ViewLink? {
    guard let text = Self.viewLinkText(of: request) else { return nil }
    do {
      if let link = try viewLinks?.verify(text, now: now()) { return link }
    } catch {
      throw Problem(.unauthorized, error.description)
    }
    throw Problem(.unauthorized, "the view link is not valid")
  }

  private static func viewLinkText(of request: HTTPRequest) -> String? {
    request.query.last { $0.name == "view" }?.value
  }

  private func person(of request: HTTPRequest) async throws -> Principal {
    let principal: Principal
    if Self.token(of: request) == nil, let secret = SessionCookie.secret(of: request) {
      guard SessionCookie.isFromOwnPage(request) else {
        throw Problem(.forbidden, "the request does not come from a page of this server")
      }
      principal = try await session(secret)
    } else {
      principal = try await bearer(of: request)
    }
    guard case .caller = principal else { throw Self.wrongKind }
    return principal
  }

  private func session(_ secret: String) async throws -> Principal {
    guard secret.utf8.count <= TokenText.maxBytes else { throw Self.unknown }
    let digest = TokenText.digest(of: secret)
    return try await proved(digest) {
      guard let session = try await SessionQueries.find(store.pool, secretSHA256: digest) else {
        return nil
      }
      let user = session.user.resource.metadata.name
      let grants = try await AccessQueries.grants(store.pool, user: user)
      return .caller(
        Caller(
          actor: Actor(kind: .user, name: user.text), rights: AccessRights(grants: grants),
          expiresAt: session.expiresAt, sessionSHA256: digest))
    }
  }

  private func bearer(of request: HTTPRequest) async throws -> Principal {
    guard let token = Self.token(of: request) else {
      throw Problem(.unauthorized, "sign in, or send a token as 'Authorization: Bearer …'")
    }
    // A token of ours has no dots, one of an identity provider has three parts.
    if let oidc, token.contains(".") { return try await identity(token, oidc) }
    guard token.utf8.count <= TokenText.maxBytes else { throw Self.unknown }
    let digest = TokenText.digest(of: token)
    if token.hasPrefix(TokenText.workerPrefix) {
      return try await proved(digest) {
        try await WorkerQueries.authenticate(store.pool, credentialSHA256: digest).map { worker in
          .worker(id: worker.metadata.id, name: worker.metadata.name.text)
        }
      }
    }
    return try await proved(digest) {
      guard let token = try await AccessQueries.token(store.pool, secretSHA256: digest) else {
        return nil
      }
      let spec = try TokenSpec(json: token.spec)
      return .caller(
        Caller(
          actor: Actor(kind: .token, name: token.metadata.name.text),
          rights: AccessRights(grants: [spec.grant]),
          expiresAt: spec.expiresAt, sessionSHA256: nil))
    }
  }

  /// A bearer of a token of the identity provider; its signature is checked each time.
  private func identity(_ token: String, _ oidc: OIDCVerifier) async throws -> Principal {
    let identity = try await oidc.verify(token, now: now())
    let key = TokenText.digest(of: token)
    return try await proved(key) {
      let grants = try await AccessQueries.grants(
        store.pool, oidcSubject: identity.subject, groups: identity.groups)
      return .caller(
        Caller(
          actor: Actor(kind: .oidc, name: identity.subject), rights: AccessRights(grants: grants),
          expiresAt: identity.expiresAt, sessionSHA256: nil))
    }
  }

  private static let unknown = Problem(
    .unauthorized, "the token is not known, has expired or was revoked")

  private func proved(
    _ digest: [UInt8], _ lookUp: () async throws -> Principal?
  ) async throws -> Principal {
    let known = proofs.withLock { $0[digest] }.flatMap { isOver($0.principal) ? nil : $0 }
    if let known, clock.now - known.provedAt < Limits.freshness { return known.principal }
    do {
      guard let principal = try await lookUp() else {
        proofs.withLock { $0[digest] = nil }
        throw Self.unknown
      }
      proofs.withLock { proofs in
        if proofs.count >= Limits.proofs { proofs = [:] }
        proofs[digest] = Proof(principal: principal, provedAt: clock.now)
      }
      return principal
    } catch StoreError.unavailable(let message) {
      guard let known, clock.now - known.provedAt < Limits.staleness else {
        throw StoreError.unavailable(message)
      }
      return known.principal
    }
  }

  private func isOver(_ principal: Principal) -> Bool {
    guard case .caller(let caller) = principal, let end = caller.expiresAt else { return false }
    return end <= now()
  }

  /// Tells requests apart by the proof that they bring: a link, a token or a session.
  static func proofDigest(of request: HTTPRequest) -> [UInt8] {
    let proof = viewLinkText(of: request) ?? token(of: request) ?? SessionCookie.secret(of: request)
    return TokenText.digest(of: proof ?? "")
  }

  /// The bearer token of the header, or what a browser offers as a WebSocket subprotocol.
  static func token(of request: HTTPRequest) -> String? {
    if let header = request.headers["authorization"] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return String(parts[1]).trimmingSpaces
    }
    guard request.headers["upgrade"] != nil else { return nil }
    let offered = request.headers.all("sec-websocket-protocol").flatMap { $0.split(separator: ",") }
    return offered.lazy.map { String($0).trimmingSpaces }
      .first { $0.hasPrefix(WireProtocol.tokenPrefix) }
      .map { String($0.dropFirst(WireProtocol.tokenPrefix.count)) }
  }
}

/// Somebody who is known asked for what it may not do.
struct AccessRefused: Error {
  let actor: Actor
  let problem: Problem
}
