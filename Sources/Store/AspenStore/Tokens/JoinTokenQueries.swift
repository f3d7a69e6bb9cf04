package import AspenModel
package import AspenPostgres

/// Join tokens. Only digests of their secrets are kept; `WorkerQueries.join` uses them.
package enum JoinTokenQueries {
  /// Adds a token. Throws `.conflict`.
  package static func create(
    _ transaction: StoreTransaction, name: ObjectName, labels: Labels, publicID: String,
    secretSHA256: [UInt8], expiresAt: Timestamp? = nil, usesRemaining: Int? = nil
  ) async throws(StoreError) -> JoinToken {
    let revision = try await transaction.nextRevision()
    let token = try await transaction.one(
      JoinTokenSQL.insert,
      [
        .text(name.text), .json(labels.json.serializedText), .text(publicID), .bytes(secretSHA256),
        .optional(expiresAt?.microseconds), .optional(usesRemaining.map(Int64.init)),
        .int(revision),
      ], token)
    guard let token else { throw .corrupt("no join token was inserted") }
    transaction.record(.joinToken, id: token.metadata.id, name: name.text, .created)
    return token
  }

  /// A token by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> JoinToken {
    guard let token = try await executor.one(JoinTokenSQL.get, [.text(name.text)], token) else {
      throw .notFound(.joinToken)
    }
    return token
  }

  /// Tokens in the order of their names.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<JoinToken> {
    try await executor.page(JoinTokenSQL.list, request, name: { $0.metadata.name }, token)
  }

  /// Changes a token, if it has the expected version; nil leaves as it is. Throws `.notFound` or
  /// `.conflict(.versionMismatch)`.
  package static func update(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil,
    labels: Labels? = nil, expiresAt: Timestamp? = nil, usesRemaining: Int? = nil
  ) async throws(StoreError) -> JoinToken {
    let revision = try await transaction.nextRevision()
    let token = try await transaction.one(
      JoinTokenSQL.update,
      [
        .text(name.text), .optional(expectedVersion),
        labels.map { .json($0.json.serializedText) } ?? .null,
        .optional(expiresAt?.microseconds), .optional(usesRemaining.map(Int64.init)),
        .int(revision),
      ], token)
    guard let token else {
      throw try await transaction.absence(
        of: .joinToken, in: "join_tokens", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.joinToken, id: token.metadata.id, name: name.text, .updated)
    return token
  }

  /// Removes a token; workers that have joined with it stay. Throws `.notFound` or
  /// `.conflict(.versionMismatch)`.
  package static func delete(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil
  ) async throws(StoreError) {
    _ = try await transaction.nextRevision()
    let id = try await transaction.one(
      JoinTokenSQL.delete, [.text(name.text), .optional(expectedVersion)]
    ) { row throws(StoreError) in try row.int("id") }
    guard let id else {
      throw try await transaction.absence(
        of: .joinToken, in: "join_tokens", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.joinToken, id: id, name: name.text, .deleted)
  }

  private static func token(_ row: StoredRow) throws(StoreError) -> JoinToken {
    JoinToken(
      metadata: try row.metadata(), publicID: try row.text("public_id"),
      expiresAt: try row.optionalTimestamp("expires_at"),
      usesRemaining: try row.optionalInt("uses_remaining").map { Int($0) })
  }
}
