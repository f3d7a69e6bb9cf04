import AspenCrypto
import AspenModel
import AspenRuntime
import AspenStore
import Logging

/// What a controller does once for a new database: the ways in, each shown once.
struct FirstStart: Sendable {
  let store: Store
  let configuration: ControllerConfiguration
  let now: @Sendable () -> Timestamp
  let log: Logger

  private enum Limits {
    /// The one-time token of the first administrator ends after this.
    static let setupLifetimeSeconds: Int64 = 24 * 3600
  }

  /// Makes what the database does not have yet, and returns the one-time token of the first
  /// administrator if there is none. Files are written before rows, so that a crash in between leaves a
  /// useless file rather than a token that nobody has seen.
  func run() async throws -> Secret? {
    try await makeJoinToken()
    if try await AccessQueries.hasAdmin(store.pool) { return nil }
    if let path = configuration.operatorTokenFile { try await makeOperatorToken(path) }
    let setup = TokenText.make(prefix: TokenText.setupPrefix)
    try await SetupQueries.create(
      store.pool, secretSHA256: TokenText.digest(of: setup.revealed),
      expiresAt: Timestamp(
        microseconds: now().microseconds + Limits.setupLifetimeSeconds * 1_000_000))
    return setup
  }

  private func makeOperatorToken(_ path: String) async throws {
    let token = TokenText.make(prefix: TokenText.operatorPrefix)
    try write(token, to: path)
    _ = try await store.write { transaction in
      try await ResourceQueries.create(
        transaction, .token, name: try ObjectName("operator"), labels: Labels(),
        annotations: Annotations(),
        spec: TokenSpec(role: .admin, selector: nil, expiresAt: nil).json,
        extras: .token(secretSHA256: TokenText.digest(of: token.revealed)))
    }
    log.info("operator token made", metadata: ["file": "\(path)"])
  }

  private func makeJoinToken() async throws {
    guard let path = configuration.joinTokenFile,
      try await ResourceQueries.list(store.pool, .joinToken, ListRequest(limit: 1)).items.isEmpty
    else { return }
    let text = JoinTokenText.make()
    try write(text.token, to: path)
    _ = try await store.write { transaction in
      try await ResourceQueries.create(
        transaction, .joinToken, name: try ObjectName("default"), labels: Labels(),
        annotations: Annotations(), spec: .object([]),
        extras: .joinToken(publicID: text.publicID, secretSHA256: text.digest))
    }
    log.info("join token made", metadata: ["name": "default"])
  }

  private func write(_ token: Secret, to path: String) throws {
    try ProtectedFile.write(Array((token.revealed + "\n").utf8), to: path)
  }
}
