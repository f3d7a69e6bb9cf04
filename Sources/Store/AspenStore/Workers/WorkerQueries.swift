package import AspenModel
package import AspenPostgres

/// Workers: processes that have joined. `ResourceQueries` changes, lists and deletes them.
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

  /// The workers of these numbers that there are, by number.
  package static func find(
    _ executor: some PostgresExecutor, ids: [Int64]
  ) async throws(StoreError) -> [Int64: Worker] {
    let workers = try await executor.all(WorkerSQL.byIDs, [.intArray(ids)], worker)
    return Dictionary(workers.map { ($0.metadata.id, $0) }, uniquingKeysWith: { $1 })
  }

  /// The worker that has this credential, or nil.
  package static func authenticate(
    _ executor: some PostgresExecutor, credentialSHA256: [UInt8]
  ) async throws(StoreError) -> Worker? {
    try await executor.one(WorkerSQL.byCredential, [.bytes(credentialSHA256)], worker)
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
    let changed = try await transaction.one(
      WorkerSQL.hello, [.int(id), .text(version), .int(Int64(capacityStreams)), .int(revision)]
    ) { row throws(StoreError) in (resource: try Resource(.worker, row), worker: try worker(row)) }
    guard let changed else { throw .notFound(.worker) }
    transaction.record(.touched(changed.resource))
    return changed.worker
  }

  /// Notes that these workers were heard of, in one statement, by the database's clock. Makes no revision.
  /// A row that somebody is changing is left for the next time.
  package static func touch(
    _ executor: some PostgresExecutor, ids: [Int64]
  ) async throws(StoreError) {
    if ids.isEmpty { return }
    _ = try await executor.all(WorkerSQL.touch, [.intArray(ids)]) { _ in }
  }

  static func worker(_ row: StoredRow) throws(StoreError) -> Worker {
    let json = try row.json("spec")
    let spec = try StoreError.checked { () throws(ValidationError) in try WorkerSpec(json: json) }
    return Worker(
      metadata: try row.metadata(), capacityStreams: Int(try row.int("capacity_streams")),
      isCordoned: spec.isCordoned, isDraining: spec.isDraining, site: spec.site,
      cpuMillicores: spec.cpuMillicores, memoryMiB: spec.memoryMiB,
      version: try row.text("version"), lastSeenAt: try row.optionalTimestamp("last_seen_at"))
  }
}
