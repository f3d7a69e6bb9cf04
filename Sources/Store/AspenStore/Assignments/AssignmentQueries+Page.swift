package import AspenModel
package import AspenPostgres

extension AssignmentQueries {
  private static let pageSQL = ListSQL.page(
    """
    a.stream_id AS id, a.stream_id, s.name AS stream_name, s.name, a.worker_id,
      w.name AS worker_name, a.generation, a.reason,
      \(StoredRow.microseconds("a.assigned_at")) AS assigned_at
    """,
    of: "assignments a JOIN streams s ON s.id = a.stream_id JOIN workers w ON w.id = a.worker_id",
    table: "s")

  /// Assignments in the order of their streams' names; a selector is of the streams' labels.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<Assignment> {
    try await executor.page(pageSQL, request, name: { $0.streamName }, assignment)
  }
}
