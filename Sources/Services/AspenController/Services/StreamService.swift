import AspenAPI
import AspenModel
import AspenStore

/// Streams: what may be stored, and what follows from a change.
struct StreamService: Sendable {
  let store: Store
  let reconcile: @Sendable () -> Void

  /// A page of streams.
  func list(_ request: ListRequest) async throws -> Page<Stream> {
    try await StreamQueries.list(store.pool, request)
  }

  /// One stream.
  func get(_ name: ObjectName) async throws -> Stream {
    try await StreamQueries.get(store.pool, name: name)
  }

  /// Stores a stream of a camera that exists.
  func create(_ body: CreateBody) async throws -> Stream {
    let spec = try StreamSpec(json: body.spec)
    let stream = try await store.write { transaction in
      try await StreamQueries.create(
        transaction, name: body.name, labels: body.labels, spec: spec)
    }
    reconcile()
    return stream
  }

  /// Changes labels and spec by a merge patch; a stream keeps its camera.
  func update(
    _ name: ObjectName, patch: JSONValue, expectedVersion: Int64?
  ) async throws -> Stream {
    let current = try await get(name)
    let body = try UpdateBody(
      json: patch, labels: current.metadata.labels, spec: current.spec.json)
    let spec = try StreamSpec(json: body.spec)
    if spec.camera != current.spec.camera {
      throw ValidationError("/spec/camera", "cannot be changed; create another stream")
    }
    let stream = try await store.write { transaction in
      try await StreamQueries.update(
        transaction, name: name,
        expectedVersion: expectedVersion ?? current.metadata.resourceVersion, labels: body.labels,
        spec: spec == current.spec ? nil : spec)
    }
    reconcile()
    return stream
  }

  /// Deletes a stream.
  func delete(_ name: ObjectName, expectedVersion: Int64?) async throws {
    try await store.write { transaction in
      try await StreamQueries.delete(transaction, name: name, expectedVersion: expectedVersion)
    }
    reconcile()
  }
}
