/// The statements of `StreamQueries`.
enum StreamSQL {
  static let columns = StoredRow.metadataColumns("s") + ", s.spec, s.camera_id"

  /// Inserts nothing if the camera `$4` does not exist.
  static let insert = """
    INSERT INTO streams AS s (name, labels, spec, camera_id, resource_version)
    SELECT $1, $2, $3, c.id, $5 FROM cameras c WHERE c.name = $4
    RETURNING \(columns)
    """

  static let get = "SELECT \(columns) FROM streams s WHERE s.name = $1"

  /// `$4` the camera's name, or null for all cameras.
  static let list = ListSQL.page(
    columns, of: "streams s JOIN cameras c ON c.id = s.camera_id", table: "s",
    where: "($4::text IS NULL OR c.name = $4::text)")

  static let cameraID = "SELECT id FROM cameras WHERE name = $1"

  /// `$2` the expected version.
  static let update = """
    UPDATE streams AS s
    SET labels = coalesce($3::jsonb, s.labels),
      spec = coalesce($4::jsonb, s.spec),
      camera_id = coalesce($5::bigint, s.camera_id),
      generation = s.generation + (coalesce($4::jsonb, s.spec) IS DISTINCT FROM s.spec)::int,
      resource_version = $6,
      updated_at = now()
    WHERE s.name = $1 AND s.resource_version = coalesce($2::bigint, s.resource_version)
    RETURNING \(columns)
    """

  static let delete = """
    DELETE FROM streams s
    WHERE s.name = $1 AND s.resource_version = coalesce($2::bigint, s.resource_version)
    RETURNING s.id, EXISTS (SELECT FROM assignments a WHERE a.stream_id = s.id) AS was_assigned
    """
}
