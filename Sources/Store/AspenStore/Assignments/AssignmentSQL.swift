/// The statements of `AssignmentQueries`.
enum AssignmentSQL {
  private static let selection = """
    SELECT a.stream_id, s.name AS stream_name, a.worker_id, w.name AS worker_name, a.generation,
      a.reason, \(StoredRow.microseconds("a.assigned_at")) AS assigned_at
    FROM assignments a
    JOIN streams s ON s.id = a.stream_id
    JOIN workers w ON w.id = a.worker_id
    """

  static let list = "\(selection) ORDER BY s.name"

  static let get = "\(selection) WHERE s.name = $1"

  static let ofStreams = "\(selection) WHERE a.stream_id = ANY ($1::bigint[]) ORDER BY s.name"

  static let schedulableStreams = """
    SELECT \(StreamSQL.columns), s.last_generation,
      c.name AS camera_name, c.labels AS camera_labels, c.spec AS camera_spec
    FROM streams s JOIN cameras c ON c.id = s.camera_id
    ORDER BY s.name
    """

  static let workers = "SELECT \(WorkerSQL.columns) FROM workers w ORDER BY w.name"

  /// The only statement that reads passwords.
  static let desired = """
    SELECT r.value AS revision, desired.*
    FROM revision r LEFT JOIN (
      SELECT a.stream_id, s.name AS stream_name, a.generation, s.spec, c.spec AS camera_spec,
        c.credentials ->> 'password' AS password
      FROM assignments a
      JOIN streams s ON s.id = a.stream_id
      JOIN cameras c ON c.id = s.camera_id
      WHERE a.worker_id = $1
    ) desired ON true
    ORDER BY desired.stream_name
    """

  /// A row for each step of a plan: `$1` streams, `$2` the generations that they should have.
  static let check = """
    SELECT plan.stream_id, s.name,
      s.id IS NOT NULL AND coalesce(a.generation, 0) = plan.expected AS is_as_expected
    FROM unnest($1::bigint[], $2::bigint[]) AS plan (stream_id, expected)
    LEFT JOIN streams s ON s.id = plan.stream_id
    LEFT JOIN assignments a ON a.stream_id = plan.stream_id
    """

  /// `$1` streams, `$2` workers, `$3` reasons, `$4` revisions.
  static let place = """
    WITH plan AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
        AS step (stream_id, worker_id, reason, revision)
    ), grown AS (
      UPDATE streams AS s SET last_generation = s.last_generation + 1
      FROM plan WHERE s.id = plan.stream_id
      RETURNING s.id, s.last_generation
    )
    INSERT INTO assignments (stream_id, worker_id, generation, reason, resource_version)
    SELECT plan.stream_id, plan.worker_id, grown.last_generation, plan.reason, plan.revision
    FROM plan JOIN grown ON grown.id = plan.stream_id
    ON CONFLICT (stream_id) DO UPDATE
    SET worker_id = excluded.worker_id, generation = excluded.generation, reason = excluded.reason,
      resource_version = excluded.resource_version, assigned_at = now()
    """

  static let unassign = "DELETE FROM assignments WHERE stream_id = ANY ($1::bigint[])"
}
