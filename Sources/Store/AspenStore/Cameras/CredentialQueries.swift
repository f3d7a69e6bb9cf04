package import AspenModel
package import AspenPostgres

/// A camera's stored password.
package struct CameraCredential: Sendable, Hashable {
  /// How it is stored.
  package enum Password: Sendable, Hashable {
    /// From before passwords were sealed.
    case legacy(Secret)
    case sealed(SealedSecret)
  }

  package let cameraID: Int64
  package let password: Password
}

/// Stored passwords of cameras, for sealing them: those from before there were keys, and all when there is a
/// new key. Nothing that a user sees changes, so there is no revision.
package enum CredentialQueries {
  /// The longest page.
  package static let maxPage = 500

  /// Cameras whose password is not sealed yet.
  package static func unsealed(
    _ executor: some PostgresExecutor, limit: Int = maxPage
  ) async throws(StoreError) -> [CameraCredential] {
    try await executor.all(
      """
      SELECT id, credentials ->> 'password' AS password FROM cameras
      WHERE credentials IS NOT NULL ORDER BY id LIMIT $1
      """, [.int(Int64(min(limit, maxPage)))]
    ) { row throws(StoreError) in
      CameraCredential(
        cameraID: try row.int("id"), password: .legacy(Secret(try row.text("password"))))
    }
  }

  /// Removes the versions of rows from before a change, which hold what was in the clear. Not possible in a
  /// transaction, hence the pool. Throws `StoreError`, also when it takes too long.
  package static func removeDeadVersions(_ pool: PostgresPool) async throws(StoreError) {
    _ = try await pool.all("VACUUM cameras") { _ in }
  }

  /// Cameras after `id` whose password is sealed with another key than `keyID`.
  package static func sealed(
    _ executor: some PostgresExecutor, notUnder keyID: String, after id: Int64 = 0,
    limit: Int = maxPage
  ) async throws(StoreError) -> [CameraCredential] {
    let found = try await executor.all(
      """
      SELECT id, credentials_sealed, credentials_key FROM cameras
      WHERE credentials_key IS NOT NULL AND credentials_key <> $1 AND id > $2
      ORDER BY id LIMIT $3
      """, [.text(keyID), .int(id), .int(Int64(min(limit, maxPage)))]
    ) { row throws(StoreError) in
      (id: try row.int("id"), sealed: try row.sealed("credentials_sealed", key: "credentials_key"))
    }
    return found.compactMap { row in
      row.sealed.map { CameraCredential(cameraID: row.id, password: .sealed($0)) }
    }
  }

  /// The sealed password of a camera; nil when it has none.
  package static func sealed(
    _ executor: some PostgresExecutor, ofCamera id: Int64
  ) async throws(StoreError) -> SealedSecret? {
    let found = try await executor.one(
      "SELECT credentials_sealed, credentials_key FROM cameras WHERE id = $1", [.int(id)]
    ) { row throws(StoreError) in
      try row.sealed("credentials_sealed", key: "credentials_key")
    }
    return found ?? nil
  }

  /// How many cameras have a password that is not sealed with this key.
  package static func count(
    _ executor: some PostgresExecutor, notUnder keyID: String
  ) async throws(StoreError) -> Int64 {
    let count = try await executor.one(
      """
      SELECT (SELECT count(*) FROM cameras WHERE credentials IS NOT NULL)
        + (SELECT count(*) FROM cameras
           WHERE credentials_key IS NOT NULL AND credentials_key <> $1) AS n
      """, [.text(keyID)]
    ) { row throws(StoreError) in try row.int("n") }
    return count ?? 0
  }

  /// Puts a newly sealed password in place of the same one; false when the camera has another by now.
  package static func replace(
    _ executor: some PostgresExecutor, _ credential: CameraCredential, with sealed: SealedSecret
  ) async throws(StoreError) -> Bool {
    let condition: String
    let old: PostgresValue
    switch credential.password {
    case .legacy(let secret):
      condition = "credentials ->> 'password' = $4::text"
      old = .text(secret.revealed)
    case .sealed(let previous):
      condition = "credentials_sealed = $4::bytea"
      old = .bytes(previous.bytes)
    }
    let replaced = try await executor.one(
      """
      UPDATE cameras SET credentials = NULL, credentials_sealed = $2, credentials_key = $3
      WHERE id = $1 AND \(condition)
      RETURNING true
      """, [.int(credential.cameraID), .bytes(sealed.bytes), .text(sealed.keyID), old]
    ) { _ in true }
    return replaced ?? false
  }
}
