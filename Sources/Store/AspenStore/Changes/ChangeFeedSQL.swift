/// The statements of `ChangeFeedQueries` and `StoreTransaction`.
enum ChangeFeedSQL {
  static let newestRevision = "SELECT value FROM revision"

  /// The lock that puts writers in one order. `$1` is how long its holder may do nothing.
  static let lockRevision = """
    SELECT value, set_config('idle_in_transaction_session_timeout', $1, true)
    FROM revision FOR UPDATE
    """

  /// `$1` the revision before the changes, `$2` that of the last; then for each change kind, id, name,
  /// operation, object, labels before and after, and the camera's; an empty text stands for null. `$12` the
  /// channel.
  static let publish = """
    WITH fed AS (
      INSERT INTO change_feed (
        revision, kind, object_id, object_name, operation, object, labels, previous_labels,
        camera_labels, previous_camera_labels)
      SELECT $1::bigint + change.place, change.kind, change.id, change.name, change.operation,
        change.object::jsonb, nullif(change.labels, '')::jsonb,
        nullif(change.previous_labels, '')::jsonb, nullif(change.camera_labels, '')::jsonb,
        nullif(change.previous_camera_labels, '')::jsonb
      FROM unnest(
        $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[])
        WITH ORDINALITY AS change (
          kind, id, name, operation, object, labels, previous_labels, camera_labels,
          previous_camera_labels, place)
    ), counted AS (
      UPDATE revision SET value = $2::bigint
    )
    SELECT pg_notify($12, ($2::bigint)::text)
    """

  /// The table `revision` has one row; `LIMIT` says so to the planner.
  static let changes = """
    SELECT r.value AS newest, r.trimmed_through, page.*
    FROM (SELECT value, trimmed_through FROM revision LIMIT 1) r LEFT JOIN (
      SELECT revision, kind, object_id, object_name, operation,
        \(StoredRow.microseconds("at")) AS at, object, labels, previous_labels, camera_labels,
        previous_camera_labels
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
