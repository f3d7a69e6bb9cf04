/// The statements of `AssignmentQueries`.
enum AssignmentSQL {
  private static let selection = """
    SELECT a.stream_id, s.name AS stream_name, a.worker_id, w.name AS worker_name, a.generation,
      a.reason, \(StoredRow.microseconds("a.assigned_at")) AS assigned_at
    FROM assignments a
    JOIN streams s ON s.id = a.stream_id
    JOIN workers w ON w.id = a.worker_id
    """

  private static let withLabels = """
    SELECT a.stream_id, s.name AS stream_name, a.worker_id, w.name AS worker_name, a.generation,
      a.reason, \(StoredRow.microseconds("a.assigned_at")) AS assigned_at,
      s.labels, c.labels AS camera_labels
    FROM assignments a
    JOIN streams s ON s.id = a.stream_id
    JOIN workers w ON w.id = a.worker_id
    JOIN cameras c ON c.id = s.camera_id
    """

  static let list = "\(selection) ORDER BY s.name"

  static let get = "\(selection) WHERE s.name = $1"

  static let ofStreams = "\(withLabels) WHERE a.stream_id = ANY ($1::bigint[]) ORDER BY s.name"

  static let ofWorker = "\(withLabels) WHERE a.worker_id = $1 ORDER BY s.name"

  /// Annotations are nothing that a scheduler decides from, and may be long.
  static let schedulableStreams = """
    SELECT \(StreamSQL.columns(annotations: "'{}'::jsonb")), s.last_generation,
      c.name AS camera_name, c.labels AS camera_labels, c.spec AS camera_spec,
      c.generation AS camera_generation,
      coalesce(s.deletion_requested_at, c.deletion_requested_at) IS NOT NULL
        AS is_deletion_requested
    FROM streams s JOIN cameras c ON c.id = s.camera_id
    ORDER BY s.name
    """

  static let exists =
    "SELECT EXISTS (SELECT FROM assignments WHERE stream_id = ANY ($1::bigint[])) AS exists"

  static let deletedCameras =
    "SELECT c.id, c.name FROM cameras c WHERE c.deletion_requested_at IS NOT NULL ORDER BY c.name"

  static let sitesWithPolicies = "SELECT name, spec FROM sites WHERE spec ? 'placement'"

  static let workers = "SELECT \(WorkerSQL.columns) FROM workers r ORDER BY r.name"

  /// Besides `CredentialQueries` the only statement that reads passwords.
  static let desired = """
    SELECT l.epoch, r.value AS revision, desired.*
    FROM leadership l CROSS JOIN revision r LEFT JOIN (
      SELECT a.stream_id, s.name AS stream_name, a.generation, s.spec,
        s.generation AS spec_generation, c.id AS camera_id, c.spec AS camera_spec,
        c.generation AS camera_generation, c.credentials_sealed, c.credentials_key,
        c.credentials ->> 'password' AS password,
        s.deletion_requested_at IS NOT NULL OR c.deletion_requested_at IS NOT NULL
          AS is_deletion_requested
      FROM assignments a
      JOIN streams s ON s.id = a.stream_id
      JOIN cameras c ON c.id = s.camera_id
      WHERE a.worker_id = $1
    ) desired ON true
    ORDER BY desired.stream_name
    """

  /// The streams that are not as a plan expects: `$1` streams, `$2` their generations.
  static let stale = """
    SELECT plan.stream_id
    FROM unnest($1::bigint[], $2::bigint[]) AS plan (stream_id, expected)
    LEFT JOIN streams s ON s.id = plan.stream_id
    LEFT JOIN assignments a ON a.stream_id = plan.stream_id
    WHERE s.id IS NULL OR coalesce(a.generation, 0) <> plan.expected
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
