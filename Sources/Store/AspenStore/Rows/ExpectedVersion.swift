import AspenModel
import AspenPostgres

extension PostgresExecutor {
  /// Why an update or deletion `WHERE name = $1 AND resource_version = $2` met no row.
  func absence(
    of kind: ResourceKind, in table: String, name: String, expectedVersion: Int64?
  ) async throws(StoreError) -> StoreError {
    let sql = "SELECT resource_version FROM \(table) WHERE name = $1"
    let actual = try await one(sql, [.text(name)]) { row throws(StoreError) in
      try row.int("resource_version")
    }
    guard let actual, let expectedVersion else { return .notFound(kind) }
    return .conflict(.versionMismatch(expected: expectedVersion, actual: actual))
  }
}
