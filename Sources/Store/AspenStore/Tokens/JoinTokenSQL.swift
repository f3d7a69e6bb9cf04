import AspenModel

/// The statements of `JoinTokenQueries` and `WorkerQueries.join`. None of them returns a digest.
enum JoinTokenSQL {
  private static let table = ResourceTable.of(.joinToken)
  private static let columns = table.columns + ", r.public_id, r.uses_remaining"

  static let get = "SELECT \(columns) FROM join_tokens r WHERE r.name = $1"

  static let byIDs = "SELECT \(columns) FROM join_tokens r WHERE r.id = ANY ($1::bigint[])"

  static let find = """
    SELECT \(columns),
      coalesce((r.spec ->> 'expires_at')::timestamptz <= now(), false) AS has_expired
    FROM join_tokens r
    WHERE r.public_id = $1 AND r.secret_sha256 = $2
    """

  static let use = table.returning(
    """
    UPDATE join_tokens SET used = used + 1, resource_version = $2, updated_at = now() WHERE id = $1
    """)
}
