package import AspenModel
package import AspenPostgres

/// A resource as it was after one change, and who made it.
package struct HistoryEntry: Sendable, Hashable {
  package let generation: Int64
  package let resourceVersion: Int64
  package let operation: ChangeOperation
  package let labels: Labels
  package let annotations: Annotations
  package let spec: JSONValue
  package let actor: Actor
  package let at: Timestamp
}

/// What resources were: the newest versions of each, also of one that is deleted. A name means the last thing
/// that had it.
package enum HistoryQueries {
  /// So many versions of a resource are kept: more than people look back, and a few hundred kilobytes at the
  /// most for one that is changed all the time.
  package static let maxVersions = 100

  /// Versions, newest first, at most `limit`; `before` is the resource version that the page follows.
  package static func list(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ name: ObjectName,
    before: Int64? = nil, limit: Int = maxVersions
  ) async throws(StoreError) -> [HistoryEntry] {
    try await executor.all(
      HistorySQL.list,
      [
        .text(kind.rawValue), .text(name.text), .int(before ?? .max),
        .int(Int64(min(max(limit, 1), maxVersions))),
      ], entry)
  }

  /// The last version of a generation. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ name: ObjectName, generation: Int64
  ) async throws(StoreError) -> HistoryEntry {
    let values: [PostgresValue] = [.text(kind.rawValue), .text(name.text), .int(generation)]
    guard let entry = try await executor.one(HistorySQL.get, values, entry) else {
      throw .notFound(kind)
    }
    return entry
  }

  /// Forgets resources that were deleted longer than `age` ago.
  package static func trim(
    _ executor: some PostgresExecutor, deletedLongerThan age: Duration
  ) async throws(StoreError) {
    _ = try await executor.all(
      HistorySQL.trim, [.double(Double(age.components.seconds))]
    ) { _ in }
  }

  /// Keeps what has versions among the changes after `revision`.
  static func append(
    _ transaction: StoreTransaction, _ changes: [RecordedChange], after revision: Int64,
    actor: Actor
  ) async throws(StoreError) {
    var rows = HistoryRows()
    for (index, change) in changes.enumerated() {
      guard let version = change.version else { continue }
      rows.append(change, version, revision: revision + Int64(index) + 1)
    }
    if rows.isEmpty { return }
    _ = try await transaction.all(
      HistorySQL.append, rows.values + [.text(actor.kind.rawValue), .text(actor.name)]
    ) { _ in }
    if rows.updated.isEmpty { return }
    _ = try await transaction.all(
      HistorySQL.prune,
      [
        .textArray(rows.updated.map(\.kind.rawValue)), .intArray(rows.updated.map(\.id)),
        .int(Int64(maxVersions)),
      ]
    ) { _ in }
  }

  private static func entry(_ row: StoredRow) throws(StoreError) -> HistoryEntry {
    HistoryEntry(
      generation: try row.int("generation"), resourceVersion: try row.int("resource_version"),
      operation: try row.choice("operation", of: ChangeOperation.self),
      labels: try row.labels("labels"), annotations: try row.annotations("annotations"),
      spec: try row.json("spec"),
      actor: Actor(
        kind: try row.choice("actor_kind", of: ActorKind.self), name: try row.text("actor_name")),
      at: try row.timestamp("at"))
  }
}

/// Rows of the history, by column.
private struct HistoryRows {
  /// A resource, whose old versions may have to go.
  struct Object: Hashable {
    let kind: ResourceKind
    let id: Int64
  }

  private(set) var updated: Set<Object> = []
  private var kinds: [String] = []
  private var ids: [Int64] = []
  private var revisions: [Int64] = []
  private var names: [String] = []
  private var generations: [Int64] = []
  private var operations: [String] = []
  private var labels: [String] = []
  private var annotations: [String] = []
  private var specs: [String] = []

  var isEmpty: Bool { kinds.isEmpty }

  mutating func append(
    _ change: RecordedChange, _ version: RecordedChange.Version, revision: Int64
  ) {
    kinds.append(change.kind.rawValue)
    ids.append(change.id)
    revisions.append(revision)
    names.append(change.name)
    generations.append(version.generation)
    operations.append(change.operation.rawValue)
    labels.append(version.labels)
    annotations.append(version.annotations)
    specs.append(version.spec)
    if change.operation != .created { updated.insert(Object(kind: change.kind, id: change.id)) }
  }

  /// The parameters `$1` to `$9` of `HistorySQL.append`.
  var values: [PostgresValue] {
    [
      .textArray(kinds), .intArray(ids), .intArray(revisions), .textArray(names),
      .intArray(generations), .textArray(operations), .textArray(labels), .textArray(annotations),
      .textArray(specs),
    ]
  }
}
