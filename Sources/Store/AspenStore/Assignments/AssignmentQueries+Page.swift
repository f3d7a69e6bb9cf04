package import AspenModel
package import AspenPostgres

extension AssignmentQueries {
  private static let source = ListSource(
    columns: """
      r.id, r.name, r.resource_version, a.stream_id, r.name AS stream_name, a.worker_id,
      w.name AS worker_name, a.generation, a.reason,
      \(StoredRow.microseconds("a.assigned_at")) AS assigned_at
      """,
    table: "streams",
    joins: """
      JOIN assignments a ON a.stream_id = r.id
      JOIN workers w ON w.id = a.worker_id
      JOIN cameras c ON c.id = r.camera_id
      """,
    cameraLabels: "c.labels", cameraID: "r.camera_id", labelEntries: "stream_label_entries",
    cameraLabelEntries: "stream_camera_label_entries")

  /// A page of assignments. They are known by their streams: names, labels, filters and the order are those of
  /// the streams. Throws `.invalid` for a cursor of another order.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<Assignment> {
    try await executor.page(source, request, assignment)
  }
}
