import AspenModel
import AspenRuntime
import AspenStore
import Logging

/// What a controller does once for a new database: an operator token and a join token, each shown once.
struct FirstStart: Sendable {
  let store: Store
  let configuration: ControllerConfiguration
  let log: Logger

  /// Makes the tokens if the database has none yet. Files are written before rows, so that a crash in
  /// between leaves a useless file rather than a token that nobody has seen.
  func run() async throws {
    if try await AccessTokenQueries.isEmpty(store.pool) {
      let token = TokenText.make(prefix: TokenText.operatorPrefix)
      try write(token, to: configuration.operatorTokenFile)
      _ = try await store.write { transaction in
        try await AccessTokenQueries.create(
          transaction, name: try ObjectName("operator"),
          secretSHA256: TokenText.digest(of: token.revealed), role: .admin)
      }
      StandardOutput.write(line: "operator token: \(token.revealed)")
    }
    if configuration.joinTokenFile != nil,
      try await JoinTokenQueries.list(store.pool, ListRequest(limit: 1)).items.isEmpty
    {
      let text = JoinTokenText.make()
      try write(text.token, to: configuration.joinTokenFile)
      _ = try await store.write { transaction in
        try await JoinTokenQueries.create(
          transaction, name: try ObjectName("default"), labels: Labels(), publicID: text.publicID,
          secretSHA256: text.digest)
      }
      log.info("join token made", metadata: ["name": "default"])
    }
  }

  private func write(_ token: Secret, to path: String?) throws {
    guard let path else { return }
    try ProtectedFile.write(Array((token.revealed + "\n").utf8), to: path)
  }
}
