import AspenAPI
import AspenHub
import AspenModel
import AspenPostgres
import AspenStore

/// How stored resources look in the API, with the state that goes with them.
struct ResourceViews: Sendable {
  let store: Store
  let view: ClusterView
  let hub: FrameHub

  private enum Limits {
    /// Streams of a page of cameras: more are not shown with their cameras.
    static let streams = 5_000
  }

  /// Several resources of one kind.
  func encode(_ resources: [Resource]) async throws -> [JSONValue] {
    try await encode(resources, reading: store.pool)
  }

  /// One resource.
  func encode(_ resource: Resource) async throws -> JSONValue {
    try await encode([resource], reading: store.pool).first ?? .null
  }

  /// One resource as a transaction sees it, with the secret that its creation shows.
  func encode(
    _ resource: Resource, in transaction: StoreTransaction, token: Secret? = nil
  ) async throws -> JSONValue {
    let json = try await encode([resource], reading: transaction).first ?? .null
    guard let token, var members = json.members else { return json }
    members.append(.init("token", .string(token.revealed)))
    return .object(members)
  }

  /// Whether a worker runs a camera's streams, or a stream: then its deletion takes a moment.
  func mayRun(_ resource: Resource, in transaction: StoreTransaction) async throws -> Bool {
    let ids =
      resource.kind == .camera
      ? try await StreamQueries.list(transaction, ofCameras: [resource.metadata.id])
        .map(\.metadata.id) : [resource.metadata.id]
    if ids.contains(where: view.mayRun) { return true }
    return try await AssignmentQueries.exists(transaction, ofStreams: ids)
  }

  /// Why a stream is where it is, worker by worker.
  func explain(_ stream: Resource) throws -> JSONValue {
    view.explain(try Stream(stream, cameraID: 0))
  }

  private func encode(
    _ resources: [Resource], reading executor: some PostgresExecutor
  ) async throws -> [JSONValue] {
    guard let kind = resources.first?.kind else { return [] }
    let ids = resources.map(\.metadata.id)
    switch kind {
    case .camera: return try await cameras(resources, executor)
    case .stream:
      let viewers = hub.viewerCounts()
      // The state of a stream does not depend on its camera's number.
      return try resources.map { resource in
        let stream = try Stream(resource, cameraID: 0)
        let status = view.view(of: stream, viewers: viewers[stream.metadata.id] ?? 0)
        return ResourceView.resource(
          resource, status: .object(compacting: status.sourceMembers + status.placementMembers))
      }
    case .worker:
      let known = try await WorkerQueries.find(executor, ids: ids)
      let workers = ids.compactMap { known[$0] }
      let views = Dictionary(
        zip(workers.map(\.metadata.id), view.views(of: workers)), uniquingKeysWith: { $1 })
      return resources.map { worker in
        ResourceView.resource(
          worker, status: .object(compacting: views[worker.metadata.id]?.members ?? []))
      }
    case .joinToken:
      let known = try await JoinTokenQueries.find(executor, ids: ids)
      return resources.map { token in
        let uses = known[token.metadata.id]?.usesRemaining
        return ResourceView.resource(
          token,
          status: .object(compacting: [("uses_remaining", uses.map { .integer(Int64($0)) })]))
      }
    case .assignment, .site, .token, .roleBinding, .user, .operation, .controller:
      return resources.map { ResourceView.resource($0, status: .object([])) }
    }
  }

  private func cameras(
    _ cameras: [Resource], _ executor: some PostgresExecutor
  ) async throws -> [JSONValue] {
    let streams = Dictionary(
      grouping: try await StreamQueries.list(
        executor, ofCameras: cameras.map(\.metadata.id), limit: Limits.streams),
      by: \.cameraID)
    let viewers = hub.viewerCounts()
    return cameras.map { camera in
      let own = streams[camera.metadata.id] ?? []
      let status = view.view(ofCamera: camera.metadata, streams: own, viewers: viewers)
      let names = own.map { JSONValue.string($0.metadata.name.text) }
      return ResourceView.resource(
        camera, status: .object(compacting: status.sourceMembers + [("streams", .array(names))]))
    }
  }
}
