package import AspenModel
package import AspenPostgres

/// Lets somebody use the API. Only a digest of its secret is kept.
package struct AccessToken: Sendable, Hashable {
  package let metadata: ResourceMetadata
  package let role: AccessRole
  /// Nil never expires.
  package let expiresAt: Timestamp?
}

/// Access tokens of people and programs.
package enum AccessTokenQueries {
  /// Adds a token. Throws `.conflict`.
  package static func create(
    _ transaction: StoreTransaction, name: ObjectName, labels: Labels = Labels(),
    secretSHA256: [UInt8], role: AccessRole, expiresAt: Timestamp? = nil
  ) async throws(StoreError) -> AccessToken {
    let revision = try await transaction.nextRevision()
    let token = try await transaction.one(
      AccessTokenSQL.insert,
      [
        .text(name.text), .json(labels.json.serializedText), .bytes(secretSHA256),
        .text(role.rawValue), .optional(expiresAt?.microseconds), .int(revision),
      ], token)
    guard let token else { throw .corrupt("no access token was inserted") }
    transaction.record(.token, id: token.metadata.id, name: name.text, .created)
    return token
  }

  /// The token with this secret, or nil if there is none or it has expired by the database's clock.
  package static func authenticate(
    _ executor: some PostgresExecutor, secretSHA256: [UInt8]
  ) async throws(StoreError) -> AccessToken? {
    try await executor.one(AccessTokenSQL.authenticate, [.bytes(secretSHA256)], token)
  }

  /// Whether there is any token; a program prints one for its first admin when there is none.
  package static func isEmpty(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> Bool {
    let isEmpty = try await executor.one(AccessTokenSQL.isEmpty) { row throws(StoreError) in
      try row.bool("is_empty")
    }
    return isEmpty ?? true
  }

  /// A token by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> AccessToken {
    guard let token = try await executor.one(AccessTokenSQL.get, [.text(name.text)], token) else {
      throw .notFound(.token)
    }
    return token
  }

  /// Tokens in the order of their names.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<AccessToken> {
    try await executor.page(AccessTokenSQL.list, request, name: { $0.metadata.name }, token)
  }

  /// Removes a token, which is worth nothing from then on. Throws `.notFound` or
  /// `.conflict(.versionMismatch)`.
  package static func delete(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil
  ) async throws(StoreError) {
    _ = try await transaction.nextRevision()
    let id = try await transaction.one(
      AccessTokenSQL.delete, [.text(name.text), .optional(expectedVersion)]
    ) { row throws(StoreError) in try row.int("id") }
    guard let id else {
      throw try await transaction.absence(
        of: .token, in: "access_tokens", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.token, id: id, name: name.text, .deleted)
  }

  private static func token(_ row: StoredRow) throws(StoreError) -> AccessToken {
    guard let role = AccessRole(rawValue: try row.text("role")) else {
      throw .corrupt("an access token has an unknown role")
    }
    return AccessToken(
      metadata: try row.metadata(), role: role, expiresAt: try row.optionalTimestamp("expires_at"))
  }
}
