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

  static let ofStreams = "\(selection) WHERE a.stream_id = ANY ($1::bigint[]) ORDER BY s.name"

  static let ofStreamsWithLabels =
    "\(withLabels) WHERE a.stream_id = ANY ($1::bigint[]) ORDER BY s.name"

  static let ofWorkerWithLabels =
    "\(withLabels) WHERE a.worker_id = $1 ORDER BY s.name"

  /// Annotations are nothing that a scheduler decides from, and may be long.
  static let schedulableStreams = """
    SELECT \(StreamSQL.columns(annotations: "'{}'::jsonb")),
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

  /// `$1` streams, `$2` their workers (0: none), `$3` their generations before (0: none), `$4` reasons, `$5`
  /// the revision before the first step. Writes the assignments and the feed; returns what the audit keeps if
  /// `$6`. All parts see the assignments as they were before.
  static let carryOut = """
    WITH plan AS MATERIALIZED (
      SELECT step.*, $5::bigint + step.place AS revision
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
        WITH ORDINALITY AS step (stream_id, worker_id, expected, reason, place)
    ), known AS MATERIALIZED (
      SELECT plan.revision, plan.stream_id, s.name,
        CASE WHEN plan.expected = 0 THEN 'created' WHEN plan.worker_id = 0 THEN 'deleted'
          ELSE 'updated' END AS operation,
        CASE WHEN plan.expected <> 0 THEN
          \(object(worker: "old.name", generation: "a.generation", reason: "a.reason")) END AS before,
        CASE WHEN plan.worker_id <> 0 THEN
          \(object(worker: "new.name", generation: "plan.revision", reason: "plan.reason"))
          END AS after,
        s.labels, CASE WHEN plan.expected <> 0 THEN s.labels END AS previous_labels,
        c.labels AS camera_labels,
        CASE WHEN plan.expected <> 0 THEN c.labels END AS previous_camera_labels
      FROM plan
      JOIN streams s ON s.id = plan.stream_id
      JOIN cameras c ON c.id = s.camera_id
      LEFT JOIN workers new ON new.id = plan.worker_id
      LEFT JOIN assignments a ON plan.expected <> 0 AND a.stream_id = plan.stream_id
      LEFT JOIN workers old ON old.id = a.worker_id
    ), removed AS (
      DELETE FROM assignments a USING plan
      WHERE plan.worker_id = 0 AND a.stream_id = plan.stream_id
    ), moved AS (
      UPDATE assignments a
      SET worker_id = plan.worker_id, generation = plan.revision, reason = plan.reason,
        resource_version = plan.revision, assigned_at = now()
      FROM plan
      WHERE plan.worker_id <> 0 AND plan.expected <> 0 AND a.stream_id = plan.stream_id
    ), placed AS (
      INSERT INTO assignments (stream_id, worker_id, generation, reason, resource_version)
      SELECT stream_id, worker_id, revision, reason, revision
      FROM plan
      WHERE worker_id <> 0 AND expected = 0
    ), fed AS (
      INSERT INTO change_feed (
        revision, kind, object_id, object_name, operation, object, labels, previous_labels,
        camera_labels, previous_camera_labels)
      SELECT revision, 'assignment', stream_id, name, operation, coalesce(after, before), labels,
        previous_labels, camera_labels, previous_camera_labels
      FROM known
    )
    SELECT stream_id, name, operation, before, after FROM known WHERE $6 ORDER BY revision
    """

  /// An assignment as the feed of changes tells it, from SQL for its parts.
  private static func object(worker: String, generation: String, reason: String) -> String {
    """
    jsonb_build_object('kind', 'assignment', 'id', plan.stream_id, 'stream', s.name,
      'worker', \(worker), 'generation', \(generation), 'reason', \(reason))
    """
  }

  static let unassign = "DELETE FROM assignments WHERE stream_id = ANY ($1::bigint[])"
}
