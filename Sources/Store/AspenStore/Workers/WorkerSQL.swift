/// The statements of `WorkerQueries`.
enum WorkerSQL {
  static let columns =
    StoredRow.metadataColumns("w")
    + ", w.capacity_streams, w.cordoned, w.version, "
    + StoredRow.microseconds("w.last_seen_at") + " AS last_seen_at"

  static let insert = """
    INSERT INTO workers AS w
      (name, labels, credential_sha256, capacity_streams, version, resource_version)
    VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING \(columns)
    """

  static let get = "SELECT \(columns) FROM workers w WHERE w.name = $1"

  static let byID = "SELECT \(columns) FROM workers w WHERE w.id = $1"

  static let byCredential = "SELECT \(columns) FROM workers w WHERE w.credential_sha256 = $1"

  static let list = ListSQL.page(columns, of: "workers w", table: "w")

  /// `$2` the expected version.
  static let update = """
    UPDATE workers AS w
    SET labels = coalesce($3::jsonb, w.labels),
      cordoned = coalesce($4::boolean, w.cordoned),
      generation = w.generation + (
        coalesce($3::jsonb, w.labels) IS DISTINCT FROM w.labels
        OR coalesce($4::boolean, w.cordoned) <> w.cordoned)::int,
      resource_version = $5,
      updated_at = now()
    WHERE w.name = $1 AND w.resource_version = coalesce($2::bigint, w.resource_version)
    RETURNING \(columns)
    """

  static let hello = """
    UPDATE workers AS w
    SET version = $2, capacity_streams = $3, resource_version = $4, updated_at = now()
    WHERE w.id = $1
    RETURNING \(columns)
    """

  /// Locked rows are skipped, so that this never waits for a writer and never deadlocks with one.
  static let touch = """
    UPDATE workers SET last_seen_at = now()
    WHERE id IN (
      SELECT id FROM workers WHERE id = ANY ($1::bigint[]) FOR NO KEY UPDATE SKIP LOCKED)
    """

  static let assignedStreams = """
    SELECT s.id, s.name
    FROM assignments a JOIN workers w ON w.id = a.worker_id JOIN streams s ON s.id = a.stream_id
    WHERE w.name = $1
    ORDER BY s.name
    """

  static let delete = """
    DELETE FROM workers w
    WHERE w.name = $1 AND w.resource_version = coalesce($2::bigint, w.resource_version)
    RETURNING w.id
    """
}
