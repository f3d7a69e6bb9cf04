/// The statements of `HistoryQueries`.
enum HistorySQL {
  private static let columns = """
    generation, resource_version, operation, labels, annotations, spec, actor_kind, actor_name,
    \(StoredRow.microseconds("at")) AS at
    """

  /// The last thing that had the name; numbers are never used again.
  private static let object = """
    kind = $1 AND object_id = (
      SELECT max(object_id) FROM resource_history WHERE kind = $1 AND object_name = $2)
    """

  static let list = """
    SELECT \(columns) FROM resource_history
    WHERE \(object) AND resource_version < $3::bigint
    ORDER BY resource_version DESC
    LIMIT $4
    """

  static let get = """
    SELECT \(columns) FROM resource_history
    WHERE \(object) AND generation = $3::bigint
    ORDER BY resource_version DESC
    LIMIT 1
    """

  static let append = """
    INSERT INTO resource_history (
      kind, object_id, resource_version, object_name, generation, operation, labels, annotations,
      spec, actor_kind, actor_name)
    SELECT r.kind, r.id, r.revision, r.name, r.generation, r.operation, r.labels::jsonb,
      r.annotations::jsonb, r.spec::jsonb, $10, $11
    FROM unnest(
      $1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[],
      $8::text[], $9::text[])
      AS r (kind, id, revision, name, generation, operation, labels, annotations, spec)
    """

  /// `$1` kinds and `$2` numbers of the objects, `$3` how many versions stay.
  static let prune = """
    DELETE FROM resource_history h
    USING unnest($1::text[], $2::bigint[]) AS o (kind, id), LATERAL (
      SELECT resource_version FROM resource_history
      WHERE kind = o.kind AND object_id = o.id
      ORDER BY resource_version DESC
      OFFSET $3::bigint LIMIT 1
    ) old
    WHERE h.kind = o.kind AND h.object_id = o.id AND h.resource_version <= old.resource_version
    """

  static let trim = """
    DELETE FROM resource_history h
    USING (
      SELECT kind, object_id FROM resource_history
      WHERE operation = 'deleted' AND at < now() - make_interval(secs => $1)
    ) gone
    WHERE h.kind = gone.kind AND h.object_id = gone.object_id
    """
}
