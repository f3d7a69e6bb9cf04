/// The statements of `StreamQueries`.
enum StreamSQL {
  /// What `StreamQueries.stream` reads.
  static func columns(annotations: String? = nil) -> String {
    StoredRow.metadataColumns(
      "s", annotations: annotations, deletion: "s.deletion_requested_at") + ", s.spec, s.camera_id"
  }

  static let get = "SELECT \(columns()) FROM streams s WHERE s.name = $1"

  static let ofCameras = """
    SELECT \(columns()) FROM streams s
    WHERE s.camera_id = ANY ($1::bigint[])
    ORDER BY s.name
    LIMIT $2
    """
}
