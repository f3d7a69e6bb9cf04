package import AspenModel
import AspenPostgres

extension ResourceQueries {
  /// Marks a camera or stream as to be removed, and a camera's streams with it; the control plane removes it
  /// when nothing runs any more. What is marked already stays as it is. Throws
  /// `.conflict(.versionMismatch)` or `.notFound`.
  package static func requestDeletion(
    _ transaction: StoreTransaction, _ current: Resource
  ) async throws(StoreError) -> Resource {
    precondition(current.kind == .camera || current.kind == .stream, "others are deleted at once")
    if current.metadata.deletionRequestedAt != nil { return current }
    try await checkVersion(transaction, of: current)
    let marked = try await mark(transaction, current)
    guard current.kind == .camera else { return marked }
    for stream in try await streams(transaction, ofCamera: current.metadata.id)
    where stream.metadata.deletionRequestedAt == nil {
      _ = try await mark(transaction, stream)
    }
    return marked
  }

  /// Removes a resource that is still as `current`. With a camera go its streams, with a stream or worker its
  /// assignments, with a user its sessions and role bindings: whoever gets the name later does not inherit
  /// them. Throws `.conflict(.versionMismatch)`, `.notFound`, or `.stillReferenced` for a site that something
  /// names.
  package static func delete(
    _ transaction: StoreTransaction, _ current: Resource
  ) async throws(StoreError) {
    try await checkVersion(transaction, of: current)
    let id = current.metadata.id
    switch current.kind {
    case .camera:
      let streams = try await streams(transaction, ofCamera: id)
      try await AssignmentQueries.remove(transaction, ofStreams: streams.map(\.metadata.id))
      try await remove(transaction, .stream, streams)
    case .stream: try await AssignmentQueries.remove(transaction, ofStreams: [id])
    case .worker: try await AssignmentQueries.remove(transaction, ofWorker: id)
    case .site: try await SiteReferences.checkUnused(transaction, current.metadata.name)
    case .user:
      try await remove(
        transaction, .roleBinding, try await AccessQueries.bindings(transaction, of: current))
    default: break
    }
    try await remove(transaction, current.kind, [current])
  }

  private static func streams(
    _ transaction: StoreTransaction, ofCamera id: Int64
  ) async throws(StoreError) -> [Resource] {
    try await transaction.all(
      ResourceTable.of(.stream).select("r.camera_id = $1 ORDER BY r.name"), [.int(id)]
    ) { row throws(StoreError) in try Resource(.stream, row) }
  }

  private static func mark(
    _ transaction: StoreTransaction, _ resource: Resource
  ) async throws(StoreError) -> Resource {
    let table = ResourceTable.of(resource.kind)
    let revision = try await transaction.nextRevision()
    let marked = try await transaction.one(
      table.returning(
        """
        UPDATE \(table.name)
        SET deletion_requested_at = now(), resource_version = $2, updated_at = now()
        WHERE id = $1
        """), [.int(resource.metadata.id), .int(revision)]
    ) { row throws(StoreError) in try Resource(resource.kind, row) }
    guard let marked else { throw .notFound(resource.kind) }
    transaction.record(.updated(marked, from: resource))
    return marked
  }

  private static func remove(
    _ transaction: StoreTransaction, _ kind: ResourceKind, _ resources: [Resource]
  ) async throws(StoreError) {
    if resources.isEmpty { return }
    _ = try await transaction.all(
      "DELETE FROM \(ResourceTable.of(kind).name) WHERE id = ANY ($1::bigint[])",
      [.intArray(resources.map(\.metadata.id))]
    ) { _ in }
    for resource in resources { transaction.record(.deleted(resource)) }
  }

  /// Takes the turn, and throws when `current` is not what is stored; it cannot change from then on.
  private static func checkVersion(
    _ transaction: StoreTransaction, of current: Resource
  ) async throws(StoreError) {
    try await transaction.takeTurn()
    let error = try await absence(transaction, of: current)
    if case .conflict(.versionMismatch(let expected, let actual)) = error, expected == actual {
      return
    }
    throw error
  }
}
