/// The statements of `ControllerQueries`.
enum ControllerSQL {
  /// A row that is lost in a crash is written again within a second.
  private static let notWaited =
    "setting AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"

  /// `$1` process, `$2` name, `$3` address, `$4` version, `$5` seconds, `$6` channel.
  static let add = """
    WITH added AS (
      INSERT INTO controllers AS c (process, name, address, version)
      VALUES ($1, $2, $3, $4)
      ON CONFLICT ON CONSTRAINT controllers_name_key DO UPDATE
      SET process = excluded.process, address = excluded.address, version = excluded.version,
        hears = '{}', hears_version = c.hears_version + 1, started_at = now(),
        seen_at = clock_timestamp()
      WHERE c.seen_at < clock_timestamp() - make_interval(secs => $5)
        OR c.address = excluded.address
      RETURNING process
    )
    SELECT process, pg_notify($6, process) FROM added
    """

  /// `$1` process.
  static let touch = """
    WITH \(notWaited)
    UPDATE controllers SET seen_at = clock_timestamp() FROM setting WHERE process = $1
    RETURNING process
    """

  /// `$1` process, `$2` workers, `$3` channel.
  static let setHears = """
    WITH \(notWaited), changed AS (
      UPDATE controllers SET hears = $2::bigint[], hears_version = hears_version + 1
      FROM setting WHERE process = $1
      RETURNING process
    )
    SELECT pg_notify($3, process) FROM changed
    """

  /// A time that is still to come was written before the clock was set back: long ago, for all one knows.
  private static func columns(hears: String) -> String {
    """
    r.id, r.name, r.process, r.address, r.version, 0::bigint AS resource_version,
    \(StoredRow.microseconds("r.started_at")) AS started_at,
    \(StoredRow.microseconds("r.seen_at")) AS seen_at,
    abs(extract(epoch FROM clock_timestamp() - r.seen_at) * 1000)::bigint AS unseen_ms,
    \(hears) AS hears, r.hears_version, cardinality(r.hears) AS worker_count, l.epoch
    """
  }

  private static let leadership = "LEFT JOIN leadership l ON l.holder = r.process"

  private static let newHears = """
    CASE WHEN known.version IS DISTINCT FROM r.hears_version THEN array_to_string(r.hears, ',') END
    """

  /// `$1` the processes and `$2` the versions that are known.
  static let roster = """
    SELECT \(columns(hears: newHears))
    FROM controllers r \(leadership)
    LEFT JOIN unnest($1::text[], $2::bigint[]) AS known (process, version)
      ON known.process = r.process
    ORDER BY r.name
    """

  static let source = ListSource(
    columns: columns(hears: "NULL::text"), table: "controllers", joins: leadership,
    labels: "'{}'::jsonb", spec: "'{}'::jsonb")

  static let get =
    "SELECT \(columns(hears: "NULL::text")) FROM controllers r \(leadership) WHERE r.name = $1"

  /// `$1` process, `$2` channel.
  static let remove = """
    WITH removed AS (DELETE FROM controllers WHERE process = $1 RETURNING process)
    SELECT pg_notify($2, process) FROM removed
    """

  /// `$1` seconds.
  static let trim =
    "DELETE FROM controllers WHERE seen_at < clock_timestamp() - make_interval(secs => $1)"
}
