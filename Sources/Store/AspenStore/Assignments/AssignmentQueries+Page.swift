package import AspenModel
package import AspenPostgres

extension AssignmentQueries {
  private static let source = ListSource(
    columns: """
      r.id, r.name, r.resource_version, \(AssignmentSQL.columns(streamName: "r.name"))
      """,
    table: "streams",
    joins: """
      JOIN assignments a ON a.stream_id = r.id
      JOIN workers w ON w.id = a.worker_id
      LEFT JOIN workers p ON p.id = a.previous_worker_id
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
