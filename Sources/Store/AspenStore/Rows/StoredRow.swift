import AspenModel
import AspenPostgres

/// A row on its way to a model type. What does not fit is `StoreError.corrupt`.
struct StoredRow {
  let row: PostgresRow

  /// An SQL list of the columns that `metadata` reads, of the table with this alias.
  static func metadataColumns(
    _ table: String, annotations: String? = nil, deletion: String = "NULL::timestamptz"
  ) -> String {
    """
    \(table).id, \(table).name, \(table).labels,
    \(annotations ?? "\(table).annotations") AS annotations,
    \(table).generation, \(table).resource_version,
    \(microseconds("\(table).created_at")) AS created_at,
    \(microseconds("\(table).updated_at")) AS updated_at,
    \(microseconds(deletion)) AS deletion_requested_at
    """
  }

  /// SQL for microseconds since the Unix epoch of a `timestamptz`.
  static func microseconds(_ expression: String) -> String {
    "(extract(epoch FROM \(expression)) * 1000000)::bigint"
  }

  /// SQL for a `timestamptz` of a parameter with microseconds since the Unix epoch, or null.
  static func time(_ parameter: String) -> String {
    "timestamptz 'epoch' + \(parameter)::bigint * interval '1 microsecond'"
  }

  func metadata() throws(StoreError) -> ResourceMetadata {
    ResourceMetadata(
      id: try int("id"), name: try name("name"), labels: try labels("labels"),
      generation: try int("generation"), resourceVersion: try int("resource_version"),
      createdAt: try timestamp("created_at"), updatedAt: try timestamp("updated_at"),
      annotations: try annotations("annotations"),
      deletionRequestedAt: try optionalTimestamp("deletion_requested_at"))
  }

  func int(_ column: String) throws(StoreError) -> Int64 {
    try value { row throws(PostgresError) in try row.int(column) }
  }

  func optionalInt(_ column: String) throws(StoreError) -> Int64? {
    try value { row throws(PostgresError) in try row.optionalInt(column) }
  }

  func bool(_ column: String) throws(StoreError) -> Bool {
    try value { row throws(PostgresError) in try row.bool(column) }
  }

  func text(_ column: String) throws(StoreError) -> String {
    try value { row throws(PostgresError) in try row.text(column) }
  }

  func optionalText(_ column: String) throws(StoreError) -> String? {
    try value { row throws(PostgresError) in try row.optionalText(column) }
  }

  func isNull(_ column: String) throws(StoreError) -> Bool {
    try value { row throws(PostgresError) in try row.isNull(column) }
  }

  func timestamp(_ column: String) throws(StoreError) -> Timestamp {
    Timestamp(microseconds: try int(column))
  }

  func optionalTimestamp(_ column: String) throws(StoreError) -> Timestamp? {
    try optionalInt(column).map { Timestamp(microseconds: $0) }
  }

  func name(_ column: String) throws(StoreError) -> ObjectName {
    let text = try text(column)
    return try valid(column) { () throws(ValidationError) in try ObjectName(text, field: column) }
  }

  func labels(_ column: String) throws(StoreError) -> Labels {
    let json = try json(column)
    return try valid(column) { () throws(ValidationError) in try Labels(json: json, field: column) }
  }

  func optionalLabels(_ column: String) throws(StoreError) -> Labels? {
    try isNull(column) ? nil : try labels(column)
  }

  func annotations(_ column: String) throws(StoreError) -> Annotations {
    let json = try json(column)
    return try valid(column) { () throws(ValidationError) in
      try Annotations(json: json, field: column)
    }
  }

  /// A sealed secret of the columns `bytes` and `key`, or nil.
  func sealed(_ bytes: String, key: String) throws(StoreError) -> SealedSecret? {
    guard let keyID = try optionalText(key) else { return nil }
    return SealedSecret(keyID: keyID, bytes: try self.bytes(bytes))
  }

  func bytes(_ column: String) throws(StoreError) -> [UInt8] {
    try value { row throws(PostgresError) in try row.bytes(column) }
  }

  /// One of the raw values of an enumeration.
  func choice<T>(_ column: String, of type: T.Type) throws(StoreError) -> T
  where T: RawRepresentable, T.RawValue == String {
    guard let value = T(rawValue: try text(column)) else {
      throw .corrupt("column \(column) has an unknown value")
    }
    return value
  }

  func optionalJSON(_ column: String) throws(StoreError) -> JSONValue? {
    try isNull(column) ? nil : try json(column)
  }

  func json(_ column: String) throws(StoreError) -> JSONValue {
    do {
      return try JSONValue(parsing: Array(try text(column).utf8))
    } catch let error as StoreError {
      throw error
    } catch {
      throw .corrupt("column \(column) \(error)")
    }
  }

  /// A checked model value; the store checks on the way out too, since a database can be edited.
  func valid<T>(_ column: String, _ make: () throws(ValidationError) -> T) throws(StoreError) -> T {
    do {
      return try make()
    } catch {
      throw .corrupt("column \(column): \(error)")
    }
  }

  private func value<T>(
    _ read: (PostgresRow) throws(PostgresError) -> T
  ) throws(StoreError) -> T {
    do {
      return try read(row)
    } catch {
      throw StoreError(error)
    }
  }
}

extension PostgresExecutor {
  /// Runs a statement and maps its rows.
  func all<T>(
    _ sql: String, _ values: [PostgresValue] = [],
    _ map: (StoredRow) throws(StoreError) -> T
  ) async throws(StoreError) -> [T] {
    let rows: [PostgresRow]
    do {
      rows = try await query(sql, values)
    } catch {
      throw StoreError(error)
    }
    var result: [T] = []
    result.reserveCapacity(rows.count)
    for row in rows { result.append(try map(StoredRow(row: row))) }
    return result
  }

  /// Runs a statement and maps its first row, if any.
  func one<T>(
    _ sql: String, _ values: [PostgresValue] = [],
    _ map: (StoredRow) throws(StoreError) -> T
  ) async throws(StoreError) -> T? {
    try await all(sql, values, map).first
  }
}
