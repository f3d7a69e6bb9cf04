package import AspenModel
package import AspenPostgres

/// Resources of all kinds that have a spec: cameras, streams, workers, sites, tokens, role bindings, users and
/// join tokens.
package enum ResourceQueries {
  /// A resource by its name, or nil.
  package static func find(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ name: ObjectName
  ) async throws(StoreError) -> Resource? {
    try await executor.one(ResourceTable.of(kind).select("r.name = $1"), [.text(name.text)]) {
      row throws(StoreError) in try Resource(kind, row)
    }
  }

  /// A resource by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ name: ObjectName
  ) async throws(StoreError) -> Resource {
    guard let resource = try await find(executor, kind, name) else { throw .notFound(kind) }
    return resource
  }

  /// The resources of these names that there are, in one statement.
  package static func find(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, names: [ObjectName]
  ) async throws(StoreError) -> [Resource] {
    try await executor.all(
      ResourceTable.of(kind).select("r.name = ANY ($1::text[]) ORDER BY r.name"),
      [.textArray(names.map(\.text))]
    ) { row throws(StoreError) in try Resource(kind, row) }
  }

  /// A page of the resources of a kind. Throws `.invalid` for a cursor of another order.
  package static func list(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ request: ListRequest
  ) async throws(StoreError) -> Page<Resource> {
    try await executor.page(ResourceTable.of(kind).list, request) { row throws(StoreError) in
      try Resource(kind, row)
    }
  }

  /// The streams of a camera in the order of their names, at most `limit`.
  package static func streams(
    _ executor: some PostgresExecutor, of camera: ObjectName, limit: Int = ListRequest.maxLimit
  ) async throws(StoreError) -> [Resource] {
    try await executor.all(
      ResourceTable.of(.stream).select("c.name = $1 ORDER BY r.name LIMIT $2"),
      [.text(camera.text), .int(Int64(limit))]
    ) { row throws(StoreError) in try Resource(.stream, row) }
  }

  /// Cameras and streams that wait to be removed, streams first, at most `limit`.
  package static func deletionPending(
    _ executor: some PostgresExecutor, limit: Int = ListRequest.maxLimit
  ) async throws(StoreError) -> [Resource] {
    var pending: [Resource] = []
    for kind in [ResourceKind.stream, .camera] {
      pending += try await executor.all(
        ResourceTable.of(kind).select(
          "r.deletion_requested_at IS NOT NULL ORDER BY r.id LIMIT $1"),
        [.int(Int64(max(0, limit - pending.count)))]
      ) { row throws(StoreError) in try Resource(kind, row) }
    }
    return pending
  }

  /// A number for a resource that is to be created: secrets are sealed for it before.
  package static func reserveID(
    _ executor: some PostgresExecutor, _ kind: ResourceKind
  ) async throws(StoreError) -> Int64 {
    let id = try await executor.one(
      "SELECT nextval('\(ResourceTable.of(kind).sequence)') AS id"
    ) { row throws(StoreError) in try row.int("id") }
    guard let id else { throw .corrupt("a sequence gave no number") }
    return id
  }
}
