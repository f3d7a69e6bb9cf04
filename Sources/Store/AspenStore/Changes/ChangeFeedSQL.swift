/// The statements of `ChangeFeedQueries` and `StoreTransaction`.
enum ChangeFeedSQL {
  static let newestRevision = "SELECT value FROM revision"

  /// The lock that puts writers in one order.
  static let lockRevision = "SELECT value FROM revision FOR UPDATE"

  /// `$1` the revision before the changes, `$2` that of the last; then kind, id, name and operation of
  /// each change; `$7` the channel.
  static let publish = """
    WITH fed AS (
      INSERT INTO change_feed (revision, kind, object_id, object_name, operation)
      SELECT $1::bigint + change.place, change.kind, change.id, change.name, change.operation
      FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[])
        WITH ORDINALITY AS change (kind, id, name, operation, place)
    ), counted AS (
      UPDATE revision SET value = $2::bigint
    )
    SELECT pg_notify($7, ($2::bigint)::text)
    """

  static let changes = """
    SELECT r.value AS newest, r.trimmed_through, page.*
    FROM revision r LEFT JOIN (
      SELECT revision, kind, object_id, object_name, operation,
        \(StoredRow.microseconds("at")) AS at
      FROM change_feed
      WHERE revision > $1
      ORDER BY revision
      LIMIT $2
    ) page ON true
    ORDER BY page.revision
    """

  /// Only a beginning of the feed is ever cut off, so that what is left has no gaps.
  static let trim = """
    WITH old AS (
      SELECT coalesce(max(revision), 0) AS through
      FROM change_feed
      WHERE at < now() - make_interval(secs => $1)
    ), cut AS (
      UPDATE revision
      SET trimmed_through = greatest(trimmed_through, old.through, value - $2::bigint)
      FROM old
      RETURNING trimmed_through
    ), deleted AS (
      DELETE FROM change_feed USING cut WHERE revision <= cut.trimmed_through
    )
    SELECT trimmed_through FROM cut
    """
}
