package import AspenModel
package import AspenPostgres

/// Join tokens with how often they may still be used. `ResourceQueries` creates, changes and lists them, and
/// `WorkerQueries.join` uses them.
package enum JoinTokenQueries {
  /// A token by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> JoinToken {
    guard let token = try await executor.one(JoinTokenSQL.get, [.text(name.text)], token) else {
      throw .notFound(.joinToken)
    }
    return token
  }

  /// The tokens of these numbers that there are, by number.
  package static func find(
    _ executor: some PostgresExecutor, ids: [Int64]
  ) async throws(StoreError) -> [Int64: JoinToken] {
    let tokens = try await executor.all(JoinTokenSQL.byIDs, [.intArray(ids)], token)
    return Dictionary(tokens.map { ($0.metadata.id, $0) }, uniquingKeysWith: { $1 })
  }

  static func token(_ row: StoredRow) throws(StoreError) -> JoinToken {
    let json = try row.json("spec")
    let spec = try StoreError.checked { () throws(ValidationError) in
      try JoinTokenSpec(json: json)
    }
    return JoinToken(
      metadata: try row.metadata(), publicID: try row.text("public_id"), expiresAt: spec.expiresAt,
      usesRemaining: try row.optionalInt("uses_remaining").map { Int($0) }, site: spec.site)
  }
}
