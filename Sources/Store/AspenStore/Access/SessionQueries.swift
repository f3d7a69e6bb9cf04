package import AspenModel
package import AspenPostgres

/// A browser in which a user is signed in.
package struct Session: Sendable, Hashable {
  package let id: Int64
  package let user: StoredUser
  package let createdAt: Timestamp
  package let expiresAt: Timestamp
}

/// Sessions of users. Only digests of their secrets are kept. They end with the user, and when the password
/// changes or the user is disabled.
package enum SessionQueries {
  /// The most sessions of one user; a new one ends the oldest.
  package static let maxOfUser = 100

  /// Begins a session. Throws `.notFound(.user)`.
  package static func create(
    _ executor: some PostgresExecutor, user: ObjectName, secretSHA256: [UInt8],
    expiresAt: Timestamp, address: String
  ) async throws(StoreError) -> Session {
    let id = try await executor.one(
      SessionSQL.insert,
      [
        .text(user.text), .bytes(secretSHA256), .text(address.prefix(bytes: 128)),
        .int(expiresAt.microseconds), .int(Int64(maxOfUser - 1)),
      ]
    ) { row throws(StoreError) in try row.int("id") }
    guard let id, let session = try await executor.one(SessionSQL.byID, [.int(id)], session) else {
      throw .notFound(.user)
    }
    return session
  }

  /// The session with this secret, or nil if there is none, it has expired, or its user is disabled.
  package static func find(
    _ executor: some PostgresExecutor, secretSHA256: [UInt8]
  ) async throws(StoreError) -> Session? {
    try await executor.one(SessionSQL.find, [.bytes(secretSHA256)], session)
  }

  /// Ends a session, if there is one.
  package static func delete(
    _ executor: some PostgresExecutor, secretSHA256: [UInt8]
  ) async throws(StoreError) {
    _ = try await executor.all(SessionSQL.delete, [.bytes(secretSHA256)]) { _ in }
  }

  /// Ends all sessions of a user.
  package static func deleteAll(
    _ executor: some PostgresExecutor, of user: ObjectName
  ) async throws(StoreError) {
    _ = try await executor.all(SessionSQL.deleteAll, [.text(user.text)]) { _ in }
  }

  /// Forgets sessions that have expired.
  package static func trim(_ executor: some PostgresExecutor) async throws(StoreError) {
    _ = try await executor.all(SessionSQL.trim) { _ in }
  }

  private static func session(_ row: StoredRow) throws(StoreError) -> Session {
    Session(
      id: try row.int("session_id"), user: try AccessQueries.user(row),
      createdAt: try row.timestamp("session_created_at"),
      expiresAt: try row.timestamp("session_expires_at"))
  }
}

/// The statements of `SessionQueries`.
private enum SessionSQL {
  private static let select = """
    SELECT \(AccessSQL.userColumns), s.id AS session_id,
      \(StoredRow.microseconds("s.created_at")) AS session_created_at,
      \(StoredRow.microseconds("s.expires_at")) AS session_expires_at
    FROM sessions s JOIN users r ON r.id = s.user_id
    """

  static let byID = "\(select) WHERE s.id = $1"

  static let find = """
    \(select) WHERE s.secret_sha256 = $1 AND s.expires_at > now()
      AND NOT coalesce((r.spec ->> 'disabled')::boolean, false)
    """

  /// `$5` how many older ones may stay.
  static let insert = """
    WITH owner AS (
      SELECT id FROM users WHERE name = $1
    ), ended AS (
      DELETE FROM sessions WHERE id IN (
        SELECT s.id FROM sessions s JOIN owner ON s.user_id = owner.id
        ORDER BY s.id DESC OFFSET $5::bigint)
    )
    INSERT INTO sessions (user_id, secret_sha256, address, expires_at)
    SELECT id, $2::bytea, $3::text, \(StoredRow.time("$4")) FROM owner
    RETURNING id
    """

  static let delete = "DELETE FROM sessions WHERE secret_sha256 = $1"

  static let deleteAll = """
    DELETE FROM sessions USING users WHERE users.id = sessions.user_id AND users.name = $1
    """

  static let trim = "DELETE FROM sessions WHERE expires_at <= now()"
}
