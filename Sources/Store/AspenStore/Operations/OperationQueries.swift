package import AspenModel
package import AspenPostgres

/// Work that takes longer than a request. Each change has its entry in the feed.
package enum OperationQueries {
  /// Adds an operation that has not begun; its name is made of action and number.
  package static func create(
    _ transaction: StoreTransaction, _ action: Operation.Action, target: ObjectName? = nil,
    totalCount: Int64? = nil, message: String = ""
  ) async throws(StoreError) -> Operation {
    let revision = try await transaction.nextRevision()
    let row = try await transaction.one(
      OperationSQL.insert,
      [
        .text(action.rawValue), .text(action.rawValue.replacing("_", with: "-")),
        .optional(target?.text), .optional(totalCount),
        .text(message.prefix(bytes: maxMessageBytes)),
        .int(revision),
      ], OperationRow.init)
    guard let row else { throw .corrupt("no operation was inserted") }
    transaction.record(row.change(.created))
    return row.operation
  }

  /// Notes how far an operation is, which runs from then on. Throws `.notFound` when it is over.
  package static func progress(
    _ transaction: StoreTransaction, id: Int64, doneCount: Int64, totalCount: Int64?,
    message: String
  ) async throws(StoreError) -> Operation {
    try await change(
      transaction, id, OperationSQL.progress,
      [.int(doneCount), .optional(totalCount), .text(message.prefix(bytes: maxMessageBytes))])
  }

  /// Ends an operation. Throws `.notFound` when it is over already.
  package static func finish(
    _ transaction: StoreTransaction, id: Int64, _ state: Operation.State, message: String
  ) async throws(StoreError) -> Operation {
    precondition(state.isFinal, "an operation ends in a final state")
    return try await change(
      transaction, id, OperationSQL.finish,
      [.text(state.rawValue), .text(message.prefix(bytes: maxMessageBytes))])
  }

  /// An operation by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> Operation {
    guard let row = try await executor.one(OperationSQL.get, [.text(name.text)], OperationRow.init)
    else { throw .notFound(.operation) }
    return row.operation
  }

  /// A page of operations, which have neither labels nor specs. Throws `.invalid` for a cursor of another
  /// order.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<Operation> {
    try await executor.page(OperationSQL.source, request) { row throws(StoreError) in
      try OperationRow(row).operation
    }
  }

  /// Operations that are not over, oldest first: a controller that starts takes them up again.
  package static func running(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> [Operation] {
    try await executor.all(OperationSQL.running, [.int(Int64(ListRequest.maxLimit))]) {
      row throws(StoreError) in try OperationRow(row).operation
    }
  }

  /// Forgets operations that ended longer than `age` ago.
  package static func trim(
    _ executor: some PostgresExecutor, olderThan age: Duration
  ) async throws(StoreError) {
    _ = try await executor.all(
      OperationSQL.trim, [.double(Double(age.components.seconds))]
    ) { _ in }
  }

  private static let maxMessageBytes = 1024

  private static func change(
    _ transaction: StoreTransaction, _ id: Int64, _ sql: String, _ values: [PostgresValue]
  ) async throws(StoreError) -> Operation {
    let revision = try await transaction.nextRevision()
    let row = try await transaction.one(
      sql, [.int(id), .int(revision)] + values, OperationRow.init)
    guard let row else { throw .notFound(.operation) }
    transaction.record(row.change(.updated))
    return row.operation
  }
}

/// An operation with the version of its row.
private struct OperationRow {
  let operation: Operation
  let resourceVersion: Int64

  init(_ row: StoredRow) throws(StoreError) {
    resourceVersion = try row.int("resource_version")
    operation = Operation(
      id: try row.int("id"), name: try row.name("name"),
      action: try row.choice("action", of: Operation.Action.self),
      target: try row.optionalText("target"),
      state: try row.choice("state", of: Operation.State.self),
      doneCount: try row.int("progress_done"), totalCount: try row.optionalInt("progress_total"),
      message: try row.text("message"), createdAt: try row.timestamp("created_at"),
      updatedAt: try row.timestamp("updated_at"),
      finishedAt: try row.optionalTimestamp("finished_at"))
  }

  func change(_ change: ChangeOperation) -> RecordedChange {
    let text = json.serializedText
    let labels = Labels().json.serializedText
    var recorded = RecordedChange(
      kind: .operation, id: operation.id, name: operation.name.text, operation: change,
      object: text, labels: labels)
    if change == .created {
      recorded.audit = RecordedChange.Audit(before: nil, after: text)
    } else {
      recorded.previousLabels = labels
    }
    return recorded
  }

  private var json: JSONValue {
    .object(compacting: [
      ("kind", .string(ResourceKind.operation.rawValue)), ("id", .integer(operation.id)),
      ("name", .string(operation.name.text)), ("resource_version", .integer(resourceVersion)),
      ("action", .string(operation.action.rawValue)),
      ("target", operation.target.map { .string($0) }),
      ("state", .string(operation.state.rawValue)),
      (
        "progress",
        .object(compacting: [
          ("done", .integer(operation.doneCount)),
          ("total", operation.totalCount.map { .integer($0) }),
        ])
      ),
      ("message", .string(operation.message)), ("created_at", .string(operation.createdAt.text)),
      ("updated_at", .string(operation.updatedAt.text)),
      ("finished_at", operation.finishedAt.map { .string($0.text) }),
    ])
  }
}

/// The statements of `OperationQueries`.
private enum OperationSQL {
  private static let columns = """
    r.id, r.name, r.action, r.target, r.state, r.progress_done, r.progress_total, r.message,
    r.resource_version, \(StoredRow.microseconds("r.created_at")) AS created_at,
    \(StoredRow.microseconds("r.updated_at")) AS updated_at,
    \(StoredRow.microseconds("r.finished_at")) AS finished_at
    """

  static let source = ListSource(
    columns: columns, table: "operations", labels: "'{}'::jsonb", spec: "'{}'::jsonb")

  static let get = "SELECT \(columns) FROM operations r WHERE r.name = $1"

  static let running = """
    SELECT \(columns) FROM operations r WHERE r.finished_at IS NULL ORDER BY r.id LIMIT $1
    """

  static let insert = returning(
    """
    INSERT INTO operations (id, name, action, target, state, progress_total, message, resource_version)
    OVERRIDING SYSTEM VALUE
    SELECT number.id, $2::text || '-' || number.id, $1::text, $3::text, 'pending', $4::bigint,
      $5::text, $6::bigint
    FROM (SELECT nextval('operations_id_seq') AS id) number
    """)

  static let progress = returning(
    """
    UPDATE operations
    SET state = 'running', progress_done = $3::bigint, progress_total = $4::bigint,
      message = $5::text, resource_version = $2, updated_at = now()
    WHERE id = $1 AND finished_at IS NULL
    """)

  static let finish = returning(
    """
    UPDATE operations
    SET state = $3::text, message = $4::text, resource_version = $2, updated_at = now(),
      finished_at = now()
    WHERE id = $1 AND finished_at IS NULL
    """)

  static let trim = """
    DELETE FROM operations WHERE finished_at < now() - make_interval(secs => $1)
    """

  private static func returning(_ change: String) -> String {
    "WITH changed AS (\(change) RETURNING *) SELECT \(columns) FROM changed r"
  }
}
