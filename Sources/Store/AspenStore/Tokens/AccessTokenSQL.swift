/// The statements of `AccessTokenQueries`. None of them returns a digest.
enum AccessTokenSQL {
  private static let columns =
    StoredRow.metadataColumns("t") + ", t.role, "
    + StoredRow.microseconds("t.expires_at") + " AS expires_at"

  static let insert = """
    INSERT INTO access_tokens AS t (name, labels, secret_sha256, role, expires_at, resource_version)
    VALUES ($1, $2, $3, $4, \(StoredRow.time("$5")), $6)
    RETURNING \(columns)
    """

  static let authenticate = """
    SELECT \(columns) FROM access_tokens t
    WHERE t.secret_sha256 = $1 AND coalesce(t.expires_at > now(), true)
    """

  static let isEmpty = "SELECT NOT EXISTS (SELECT FROM access_tokens) AS is_empty"

  static let get = "SELECT \(columns) FROM access_tokens t WHERE t.name = $1"

  static let list = ListSQL.page(columns, of: "access_tokens t", table: "t")

  static let delete = """
    DELETE FROM access_tokens t
    WHERE t.name = $1 AND t.resource_version = coalesce($2::bigint, t.resource_version)
    RETURNING t.id
    """
}
