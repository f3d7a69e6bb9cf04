/// Whatever runs a statement: the pool, each statement its own transaction, or one transaction.
package protocol PostgresExecutor: Sendable {
  /// Runs one statement and returns its rows, all in memory: limit them in the SQL.
  func query(
    _ sql: String, _ values: [PostgresValue]
  ) async throws(PostgresError) -> [PostgresRow]
}

extension PostgresExecutor {
  /// Runs one statement without parameters.
  package func query(_ sql: String) async throws(PostgresError) -> [PostgresRow] {
    try await query(sql, [])
  }
}
