package import AspenModel
package import AspenPostgres

/// The one-time token that makes the first admin. Only a digest of its secret is kept.
package enum SetupQueries {
  /// Makes a token, in place of one that there is.
  package static func create(
    _ executor: some PostgresExecutor, secretSHA256: [UInt8], expiresAt: Timestamp
  ) async throws(StoreError) {
    _ = try await executor.all(
      """
      INSERT INTO setup_token (secret_sha256, expires_at) VALUES ($1, \(StoredRow.time("$2")))
      ON CONFLICT (only_row) DO UPDATE
      SET secret_sha256 = excluded.secret_sha256, expires_at = excluded.expires_at
      """, [.bytes(secretSHA256), .int(expiresAt.microseconds)]
    ) { _ in }
  }

  /// Uses the token up. False when there is none with this secret, or it has expired.
  package static func consume(
    _ transaction: StoreTransaction, secretSHA256: [UInt8]
  ) async throws(StoreError) -> Bool {
    let used = try await transaction.one(
      "DELETE FROM setup_token WHERE secret_sha256 = $1 AND expires_at > now() RETURNING true",
      [.bytes(secretSHA256)]
    ) { _ in true }
    return used ?? false
  }

  /// Takes the token back, if there is one.
  package static func delete(_ executor: some PostgresExecutor) async throws(StoreError) {
    _ = try await executor.all("DELETE FROM setup_token") { _ in }
  }
}
