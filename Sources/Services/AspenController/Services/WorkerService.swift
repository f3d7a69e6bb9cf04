import AspenAPI
import AspenModel
import AspenStore

/// Workers as the operator sees them.
struct WorkerService: Sendable {
  let store: Store
  let registry: WorkerRegistry
  let authenticator: Authenticator
  let reconcile: @Sendable () -> Void

  /// A page of workers.
  func list(_ request: ListRequest) async throws -> Page<Worker> {
    try await WorkerQueries.list(store.pool, request)
  }

  /// One worker.
  func get(_ name: ObjectName) async throws -> Worker {
    try await WorkerQueries.get(store.pool, name: name)
  }

  /// Changes labels and cordon by a merge patch.
  func update(
    _ name: ObjectName, patch: JSONValue, expectedVersion: Int64?
  ) async throws -> Worker {
    let current = try await get(name)
    let body = try UpdateBody(
      json: patch, labels: current.metadata.labels,
      spec: ["cordoned": .bool(current.isCordoned)])
    let isCordoned = try FieldReader.read(body.spec, at: "/spec") { fields in
      fields.flag("cordoned") ?? false
    }
    let worker = try await store.write { transaction in
      try await WorkerQueries.update(
        transaction, name: name,
        expectedVersion: expectedVersion ?? current.metadata.resourceVersion, labels: body.labels,
        isCordoned: isCordoned)
    }
    reconcile()
    return worker
  }

  /// Deletes a worker: its credential ends, its streams go elsewhere.
  func delete(_ name: ObjectName, expectedVersion: Int64?) async throws {
    let worker = try await get(name)
    try await store.write { transaction in
      try await WorkerQueries.delete(
        transaction, name: name, expectedVersion: expectedVersion, removingAssignments: true)
    }
    authenticator.forgetProofs()
    registry.remove(workerID: worker.metadata.id)
    reconcile()
  }
}
