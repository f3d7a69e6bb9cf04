/// The statements of `LeadershipQueries`.
///
/// `clock_timestamp()` and not `now()`: a transaction may have waited for its turn. A lease that ends further
/// away than it is long was written before the clock was set back; it is as good as over.
enum LeadershipSQL {
  /// `$1` is whoever asks.
  private static let isOpen = """
    (holder IS NULL OR holder = $1 OR expires_at <= clock_timestamp()
      OR expires_at > clock_timestamp() + lease)
    """

  private static let remaining = """
    greatest(extract(epoch FROM expires_at - clock_timestamp()) * 1000, 0)::bigint AS remaining_ms
    """

  static let look = "SELECT \(isOpen) AS is_open, \(remaining) FROM leadership"

  /// `$2` the lease in seconds.
  static let take = """
    UPDATE leadership
    SET holder = $1, epoch = greatest(epoch + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
      lease = make_interval(secs => $2), expires_at = clock_timestamp() + make_interval(secs => $2),
      acquired_at = clock_timestamp()
    WHERE \(isOpen)
    RETURNING epoch
    """

  /// `$1` holder, `$2` epoch, `$3` the lease in seconds. The setting is for this transaction alone.
  static let renew = """
    WITH setting AS MATERIALIZED (
      SELECT set_config('synchronous_commit', 'off', true)
    ), renewed AS (
      UPDATE leadership
      SET lease = make_interval(secs => $3), expires_at = clock_timestamp() + make_interval(secs => $3)
      FROM setting
      WHERE holder = $1 AND epoch = $2
      RETURNING epoch
    )
    SELECT EXISTS (SELECT FROM renewed) AS is_renewed, \(remaining) FROM leadership
    """

  /// `$1` holder, `$2` epoch, `$3` channel.
  static let release = """
    WITH released AS (
      UPDATE leadership SET holder = NULL, expires_at = clock_timestamp()
      WHERE holder = $1 AND epoch = $2
      RETURNING epoch
    )
    SELECT pg_notify($3, epoch::text) FROM released
    """

  static let current = "SELECT holder, epoch FROM leadership"

  /// `$1` holder, `$2` epoch.
  static let check =
    "SELECT EXISTS (SELECT FROM leadership WHERE holder = $1 AND epoch = $2) AS is_held"
}
