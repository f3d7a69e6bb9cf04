import AspenModel
package import AspenPostgres

/// The audit: who did what. Entries are only ever added.
package enum AuditQueries {
  /// Entries, newest first.
  package static func list(
    _ executor: some PostgresExecutor, _ filter: AuditFilter
  ) async throws(StoreError) -> [AuditEntry] {
    var values: [PostgresValue] = []
    var conditions: [String] = []
    func add(_ value: PostgresValue?, _ condition: String) {
      guard let value else { return }
      values.append(value)
      conditions.append(condition.replacing("#", with: "$\(values.count)"))
    }
    add(filter.actor.map { .text($0) }, "actor_name = #")
    add((filter.objectKind?.rawValue).map { .text($0) }, "object_kind = #")
    add(filter.objectName.map { .text($0) }, "object_name = #")
    add(filter.operation.map { .text($0) }, "operation = #")
    add((filter.since?.microseconds).map { .int($0) }, "at >= " + StoredRow.time("#"))
    add((filter.until?.microseconds).map { .int($0) }, "at < " + StoredRow.time("#"))
    add(
      filter.before.map { .int($0) },
      "(at, id) < ((SELECT at FROM audit_entries WHERE id = #::bigint), #::bigint)")
    values.append(.int(Int64(filter.limit)))
    let sql = """
      SELECT \(AuditSQL.columns) FROM audit_entries
      \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
      ORDER BY at DESC, id DESC
      LIMIT $\(values.count)
      """
    return try await executor.all(sql, values, entry)
  }

  /// Keeps something that changes no resource.
  package static func record(
    _ executor: some PostgresExecutor, _ event: AuditEvent
  ) async throws(StoreError) {
    let origin = event.origin
    _ = try await executor.all(
      AuditSQL.record,
      [
        .text(origin.actor.kind.rawValue), .text(origin.actor.name), .text(origin.address),
        .text(origin.requestID), .text(origin.operation), .text(event.outcome.rawValue),
        .optional(event.objectKind?.rawValue), .optional(event.objectName), .text(event.message),
      ]
    ) { _ in }
  }

  /// Keeps the changes that somebody asked for.
  static func append(
    _ transaction: StoreTransaction, _ changes: [RecordedChange], _ origin: ChangeOrigin
  ) async throws(StoreError) {
    let audited = changes.filter { $0.audit != nil }
    if audited.isEmpty { return }
    _ = try await transaction.all(
      AuditSQL.append,
      [
        .text(origin.actor.kind.rawValue), .text(origin.actor.name), .text(origin.address),
        .text(origin.requestID), .text(origin.operation),
        .textArray(audited.map(\.kind.rawValue)), .textArray(audited.map(\.name)),
        .textArray(audited.map { $0.audit?.before ?? "" }),
        .textArray(audited.map { $0.audit?.after ?? "" }),
      ]
    ) { _ in }
  }

  private static func entry(_ row: StoredRow) throws(StoreError) -> AuditEntry {
    let kind = try row.optionalText("object_kind").map { text throws(StoreError) in
      try row.choice("object_kind", of: ResourceKind.self)
    }
    return AuditEntry(
      id: try row.int("id"), at: try row.timestamp("at"),
      origin: ChangeOrigin(
        actor: Actor(
          kind: try row.choice("actor_kind", of: ActorKind.self), name: try row.text("actor_name")),
        address: try row.text("address"), requestID: try row.text("request_id"),
        operation: try row.text("operation")),
      outcome: try row.choice("outcome", of: AuditOutcome.self), objectKind: kind,
      objectName: try row.optionalText("object_name"), message: try row.text("message"),
      before: try row.optionalJSON("before"), after: try row.optionalJSON("after"))
  }
}

/// The statements of `AuditQueries`.
private enum AuditSQL {
  static let columns = """
    id, \(StoredRow.microseconds("at")) AS at, actor_kind, actor_name, address, request_id,
    operation, outcome, object_kind, object_name, message, before, after
    """

  static let record = """
    INSERT INTO audit_entries (
      actor_kind, actor_name, address, request_id, operation, outcome, object_kind, object_name,
      message)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  /// An empty text stands for null.
  static let append = """
    INSERT INTO audit_entries (
      actor_kind, actor_name, address, request_id, operation, outcome, object_kind, object_name,
      before, after)
    SELECT $1, $2, $3, $4, $5, 'succeeded', change.kind, change.name,
      nullif(change.before, '')::jsonb, nullif(change.after, '')::jsonb
    FROM unnest($6::text[], $7::text[], $8::text[], $9::text[])
      WITH ORDINALITY AS change (kind, name, before, after, place)
    ORDER BY change.place
    """
}
