package import AspenModel
package import AspenPostgres

/// Workers: processes that have joined.
package enum WorkerQueries {
  /// A worker by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> Worker {
    guard let worker = try await executor.one(WorkerSQL.get, [.text(name.text)], worker) else {
      throw .notFound(.worker)
    }
    return worker
  }

  /// Workers in the order of their names.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<Worker> {
    try await executor.page(WorkerSQL.list, request, name: { $0.metadata.name }, worker)
  }

  /// The worker that has this credential, or nil.
  package static func authenticate(
    _ executor: some PostgresExecutor, credentialSHA256: [UInt8]
  ) async throws(StoreError) -> Worker? {
    try await executor.one(WorkerSQL.byCredential, [.bytes(credentialSHA256)], worker)
  }

  /// Changes labels and cordon, if the worker has the expected version; nil leaves as it is. Throws
  /// `.notFound` or `.conflict(.versionMismatch)`.
  package static func update(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil,
    labels: Labels? = nil, isCordoned: Bool? = nil
  ) async throws(StoreError) -> Worker {
    let revision = try await transaction.nextRevision()
    let worker = try await transaction.one(
      WorkerSQL.update,
      [
        .text(name.text), .optional(expectedVersion),
        labels.map { .json($0.json.serializedText) } ?? .null, .optional(isCordoned),
        .int(revision),
      ], worker)
    guard let worker else {
      throw try await transaction.absence(
        of: .worker, in: "workers", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.worker, id: worker.metadata.id, name: name.text, .updated)
    return worker
  }

  /// Takes over what a worker says of itself when it connects. Changes nothing, and makes no revision,
  /// when it says what is stored. Throws `.notFound`.
  package static func hello(
    _ transaction: StoreTransaction, id: Int64, version: String, capacityStreams: Int
  ) async throws(StoreError) -> Worker {
    let stored = try await transaction.one(WorkerSQL.byID, [.int(id)], worker)
    guard let stored else { throw .notFound(.worker) }
    if stored.version == version, stored.capacityStreams == capacityStreams { return stored }
    let revision = try await transaction.nextRevision()
    let worker = try await transaction.one(
      WorkerSQL.hello,
      [.int(id), .text(version), .int(Int64(capacityStreams)), .int(revision)], worker)
    guard let worker else { throw .notFound(.worker) }
    transaction.record(.worker, id: id, name: worker.metadata.name.text, .updated)
    return worker
  }

  /// Notes that these workers were heard of, in one statement, by the database's clock. Makes no revision.
  /// A row that somebody is changing is left for the next time.
  package static func touch(
    _ executor: some PostgresExecutor, ids: [Int64]
  ) async throws(StoreError) {
    if ids.isEmpty { return }
    _ = try await executor.all(WorkerSQL.touch, [.intArray(ids)]) { _ in }
  }

  /// Removes a worker, whose credential is worth nothing from then on. With assignments left it throws
  /// `.stillReferenced`, unless they are to be removed with it. Throws `.notFound` or
  /// `.conflict(.versionMismatch)`.
  package static func delete(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil,
    removingAssignments: Bool = false
  ) async throws(StoreError) {
    _ = try await transaction.nextRevision()
    let streams = try await transaction.all(WorkerSQL.assignedStreams, [.text(name.text)]) {
      row throws(StoreError) in (id: try row.int("id"), name: try row.text("name"))
    }
    if !streams.isEmpty {
      guard removingAssignments else { throw .stillReferenced(by: .assignment) }
      let ids = streams.map(\.id)
      _ = try await transaction.all(AssignmentSQL.unassign, [.intArray(ids)]) { _ in }
      for stream in streams {
        transaction.record(.assignment, id: stream.id, name: stream.name, .deleted)
      }
    }
    let id = try await transaction.one(
      WorkerSQL.delete, [.text(name.text), .optional(expectedVersion)]
    ) { row throws(StoreError) in try row.int("id") }
    guard let id else {
      throw try await transaction.absence(
        of: .worker, in: "workers", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.worker, id: id, name: name.text, .deleted)
  }

  static func worker(_ row: StoredRow) throws(StoreError) -> Worker {
    Worker(
      metadata: try row.metadata(), capacityStreams: Int(try row.int("capacity_streams")),
      isCordoned: try row.bool("cordoned"), version: try row.text("version"),
      lastSeenAt: try row.optionalTimestamp("last_seen_at"))
  }
}
