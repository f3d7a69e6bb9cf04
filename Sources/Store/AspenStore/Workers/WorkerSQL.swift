import AspenModel

/// The statements of `WorkerQueries`.
enum WorkerSQL {
  private static let table = ResourceTable.of(.worker)
  private static let own =
    "r.capacity_streams, r.version, "
    + StoredRow.microseconds("r.last_seen_at") + " AS last_seen_at"

  /// A worker's columns, also those of a resource, of the table as `r`.
  static let columns = table.columns + ", " + own

  static let insert = returning(
    """
    INSERT INTO workers (
      name, labels, annotations, spec, credential_sha256, capacity_streams, version,
      resource_version)
    VALUES ($1, $2, '{}', $3, $4, $5, $6, $7)
    """)

  static let get = "SELECT \(columns) FROM workers r WHERE r.name = $1"

  static let byID = "SELECT \(columns) FROM workers r WHERE r.id = $1"

  static let byIDs = "SELECT \(columns) FROM workers r WHERE r.id = ANY ($1::bigint[])"

  static let byCredential = "SELECT \(columns) FROM workers r WHERE r.credential_sha256 = $1"

  static let hello = returning(
    """
    UPDATE workers
    SET version = $2, capacity_streams = $3, resource_version = $4, updated_at = now()
    WHERE id = $1
    """)

  /// Locked rows are skipped, so that this never waits for a writer and never deadlocks with one.
  static let touch = """
    UPDATE workers SET last_seen_at = now()
    WHERE id IN (
      SELECT id FROM workers WHERE id = ANY ($1::bigint[]) FOR NO KEY UPDATE SKIP LOCKED)
    """

  private static func returning(_ change: String) -> String {
    "WITH changed AS (\(change) RETURNING *) SELECT \(columns) FROM changed r"
  }
}
