import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore
import AspenWire
import Synchronization

/// Proves who sends a request. Deny by default: an operation that is not open needs a token of its kind.
///
/// Proved tokens are remembered for a short time, so that a viewer costs no query for each request, and
/// longer while PostgreSQL is away, so that workers and viewers can come back without it.
final class Authenticator: Sendable {
  private struct Proof {
    let principal: Principal
    let provedAt: ContinuousClock.Instant
  }

  private enum Limits {
    /// A revoked token stops working after this time at the latest.
    static let freshness = Duration.seconds(5)
    /// While the database is away, a proof of this age still counts.
    static let staleness = Duration.seconds(600)
    /// The most remembered proofs; then all are forgotten and proved anew.
    static let proofs = 10_000
  }

  private let store: Store
  private let clock = ContinuousClock()
  private let proofs = Mutex<[[UInt8]: Proof]>([:])

  init(store: Store) {
    self.store = store
  }

  /// The sender of `request`, or a problem: 401 without a valid token, 403 with one of another kind.
  func principal(of request: HTTPRequest, for operation: APIOperation) async throws -> Principal {
    if operation.access == .open { return .anyone }
    guard let token = Self.token(of: request), token.utf8.count <= TokenText.maxBytes else {
      throw Problem(.unauthorized, "send a token as 'Authorization: Bearer …'")
    }
    if operation.access == .joining {
      guard let joinToken = JoinTokenText(parsing: token) else {
        throw Problem(.unauthorized, "joining needs a join token")
      }
      return .joining(joinToken)
    }
    let principal = try await proved(token)
    switch (operation.access, principal) {
    case (.operator, .accessToken), (.worker, .worker): return principal
    default: throw Problem(.forbidden, "this token is not for this kind of request")
    }
  }

  /// Forgets all proofs, after a credential was deleted.
  func forgetProofs() {
    proofs.withLock { $0 = [:] }
  }

  private func proved(_ token: String) async throws -> Principal {
    let digest = TokenText.digest(of: token)
    let known = proofs.withLock { $0[digest] }
    if let known, clock.now - known.provedAt < Limits.freshness { return known.principal }
    do {
      guard
        let principal = try await look(
          up: digest, isWorker: token.hasPrefix(TokenText.workerPrefix))
      else {
        proofs.withLock { $0[digest] = nil }
        throw Problem(.unauthorized, "the token is not known, has expired or was revoked")
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

  private func look(up digest: [UInt8], isWorker: Bool) async throws -> Principal? {
    if isWorker {
      return try await WorkerQueries.authenticate(store.pool, credentialSHA256: digest).map {
        worker in
        .worker(id: worker.metadata.id, name: worker.metadata.name.text)
      }
    }
    return try await AccessTokenQueries.authenticate(store.pool, secretSHA256: digest).map {
      token in
      .accessToken(name: token.metadata.name.text)
    }
  }

  /// The bearer token of the header, or what a browser offers as a WebSocket subprotocol.
  private static func token(of request: HTTPRequest) -> String? {
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
