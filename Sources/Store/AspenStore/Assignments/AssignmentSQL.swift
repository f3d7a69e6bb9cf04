/// The statements of `AssignmentQueries`.
enum AssignmentSQL {
  /// Of assignment `a` of stream `streamName` on worker `w`, the previous worker being `p`. One that was
  /// deleted meanwhile is none.
  static func columns(streamName: String) -> String {
    """
    a.stream_id, \(streamName) AS stream_name, a.worker_id, w.name AS worker_name, a.generation,
      a.reason, \(StoredRow.microseconds("a.assigned_at")) AS assigned_at,
      p.id AS previous_worker_id, p.name AS previous_worker_name, a.previous_generation
    """
  }

  private static let selection = """
    SELECT \(columns(streamName: "s.name"))
    FROM assignments a
    JOIN streams s ON s.id = a.stream_id
    JOIN workers w ON w.id = a.worker_id
    LEFT JOIN workers p ON p.id = a.previous_worker_id
    """

  private static let withLabels = """
    SELECT \(columns(streamName: "s.name")), s.labels, c.labels AS camera_labels
    FROM assignments a
    JOIN streams s ON s.id = a.stream_id
    JOIN workers w ON w.id = a.worker_id
    LEFT JOIN workers p ON p.id = a.previous_worker_id
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

  /// What a worker has, and what it runs on until another has taken it over. Besides `CredentialQueries` the
  /// only statement that reads passwords.
  static let desired = """
    SELECT l.epoch, r.value AS revision, desired.*
    FROM leadership l CROSS JOIN revision r LEFT JOIN (
      SELECT a.stream_id, s.name AS stream_name,
        CASE WHEN a.worker_id = $1 THEN a.generation ELSE a.previous_generation END AS generation,
        s.spec,
        s.generation AS spec_generation, c.id AS camera_id, c.spec AS camera_spec,
        c.generation AS camera_generation, c.credentials_sealed, c.credentials_key,
        c.credentials ->> 'password' AS password,
        s.deletion_requested_at IS NOT NULL OR c.deletion_requested_at IS NOT NULL
          AS is_deletion_requested
      FROM assignments a
      JOIN streams s ON s.id = a.stream_id
      JOIN cameras c ON c.id = s.camera_id
      WHERE a.worker_id = $1 OR a.previous_worker_id = $1
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

  /// `$1` streams, `$2` their workers (0: none, -1: as before, and the handover is over), `$3` their generations
  /// before (0: none), `$4` reasons, `$5` the revision before the first step, `$7` 1 if the worker before
  /// runs the stream on for now. Writes the assignments and the feed; returns what the audit keeps if `$6`.
  /// All parts see the assignments as they were before.
  static let carryOut = """
    WITH plan AS MATERIALIZED (
      SELECT step.stream_id, step.worker_id, step.expected, step.reason,
        step.hands_over = 1 AS hands_over, $5::bigint + step.place AS revision
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $7::bigint[])
        WITH ORDINALITY AS step (stream_id, worker_id, expected, reason, hands_over, place)
    ), known AS MATERIALIZED (
      SELECT plan.revision, plan.stream_id, s.name,
        CASE WHEN plan.expected = 0 THEN 'created' WHEN plan.worker_id = 0 THEN 'deleted'
          ELSE 'updated' END AS operation,
        CASE WHEN plan.expected <> 0 THEN
          \(object(
            worker: "old.name", generation: "a.generation", reason: "a.reason",
            previous: "previous.name")) END AS before,
        CASE WHEN plan.worker_id > 0 THEN
          \(object(
            worker: "new.name", generation: "plan.revision", reason: "plan.reason",
            previous: "CASE WHEN plan.hands_over THEN coalesce(previous.name, old.name) END"))
          WHEN plan.worker_id < 0 THEN
          \(object(
            worker: "old.name", generation: "a.generation", reason: "a.reason", previous: "NULL::text"))
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
      LEFT JOIN workers previous ON previous.id = a.previous_worker_id
    ), removed AS (
      DELETE FROM assignments a USING plan
      WHERE plan.worker_id = 0 AND a.stream_id = plan.stream_id
    ), moved AS (
      UPDATE assignments a
      SET worker_id = plan.worker_id, generation = plan.revision, reason = plan.reason,
        resource_version = plan.revision, assigned_at = now(),
        previous_worker_id =
          CASE WHEN plan.hands_over THEN coalesce(a.previous_worker_id, a.worker_id) END,
        previous_generation =
          CASE WHEN plan.hands_over THEN coalesce(a.previous_generation, a.generation) END
      FROM plan
      WHERE plan.worker_id > 0 AND plan.expected <> 0 AND a.stream_id = plan.stream_id
    ), handed_over AS (
      UPDATE assignments a
      SET previous_worker_id = NULL, previous_generation = NULL, resource_version = plan.revision
      FROM plan
      WHERE plan.worker_id < 0 AND a.stream_id = plan.stream_id
    ), placed AS (
      INSERT INTO assignments (stream_id, worker_id, generation, reason, resource_version)
      SELECT stream_id, worker_id, revision, reason, revision
      FROM plan
      WHERE worker_id > 0 AND expected = 0
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
  private static func object(
    worker: String, generation: String, reason: String, previous: String
  ) -> String {
    """
    jsonb_strip_nulls(jsonb_build_object('kind', 'assignment', 'id', plan.stream_id, 'stream', s.name,
      'worker', \(worker), 'generation', \(generation), 'reason', \(reason),
      'previous_worker', \(previous)))
    """
  }

  static let unassign = "DELETE FROM assignments WHERE stream_id = ANY ($1::bigint[])"
}
