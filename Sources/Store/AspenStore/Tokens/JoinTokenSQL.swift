/// The statements of `JoinTokenQueries` and `WorkerQueries.join`. None of them returns a digest.
enum JoinTokenSQL {
  private static let columns =
    StoredRow.metadataColumns("t") + ", t.public_id, t.uses_remaining, "
    + StoredRow.microseconds("t.expires_at") + " AS expires_at"

  static let insert = """
    INSERT INTO join_tokens AS t
      (name, labels, public_id, secret_sha256, expires_at, uses_remaining, resource_version)
    VALUES ($1, $2, $3, $4, \(StoredRow.time("$5")), $6, $7)
    RETURNING \(columns)
    """

  static let get = "SELECT \(columns) FROM join_tokens t WHERE t.name = $1"

  static let list = ListSQL.page(columns, of: "join_tokens t", table: "t")

  /// `$2` the expected version.
  static let update = """
    UPDATE join_tokens AS t
    SET labels = coalesce($3::jsonb, t.labels),
      expires_at = coalesce(\(StoredRow.time("$4")), t.expires_at),
      uses_remaining = coalesce($5::int, t.uses_remaining),
      generation = t.generation + 1,
      resource_version = $6,
      updated_at = now()
    WHERE t.name = $1 AND t.resource_version = coalesce($2::bigint, t.resource_version)
    RETURNING \(columns)
    """

  static let delete = """
    DELETE FROM join_tokens t
    WHERE t.name = $1 AND t.resource_version = coalesce($2::bigint, t.resource_version)
    RETURNING t.id
    """

  static let find = """
    SELECT t.id, t.name, t.labels, t.uses_remaining,
      coalesce(t.expires_at <= now(), false) AS has_expired
    FROM join_tokens t
    WHERE t.public_id = $1 AND t.secret_sha256 = $2
    """

  static let use = """
    UPDATE join_tokens
    SET uses_remaining = uses_remaining - 1, resource_version = $2, updated_at = now()
    WHERE id = $1
    """
}
