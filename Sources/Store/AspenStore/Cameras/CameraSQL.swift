/// The statements of `CameraQueries`. None of them returns the credentials.
enum CameraSQL {
  private static let columns = StoredRow.metadataColumns("c") + ", c.spec"

  static let insert = """
    INSERT INTO cameras AS c (name, labels, spec, credentials, resource_version)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING \(columns)
    """

  static let get = "SELECT \(columns) FROM cameras c WHERE c.name = $1"

  static let list = ListSQL.page(columns, of: "cameras c", table: "c")

  /// `$2` the expected version, `$5` whether the credentials stay, `$6` what they become otherwise.
  static let update = """
    UPDATE cameras AS c
    SET labels = coalesce($3::jsonb, c.labels),
      spec = coalesce($4::jsonb, c.spec),
      credentials = CASE WHEN $5::boolean THEN c.credentials ELSE $6::jsonb END,
      generation = c.generation + (
        coalesce($4::jsonb, c.spec) IS DISTINCT FROM c.spec
        OR NOT $5::boolean AND $6::jsonb IS DISTINCT FROM c.credentials)::int,
      resource_version = $7,
      updated_at = now()
    WHERE c.name = $1 AND c.resource_version = coalesce($2::bigint, c.resource_version)
    RETURNING \(columns)
    """

  static let streamNames = """
    SELECT s.name FROM streams s JOIN cameras c ON c.id = s.camera_id WHERE c.name = $1 ORDER BY s.name
    """

  static let delete = """
    DELETE FROM cameras c
    WHERE c.name = $1 AND c.resource_version = coalesce($2::bigint, c.resource_version)
    RETURNING c.id
    """
}
