import AspenAPI
import AspenHTTP
import AspenModel
import AspenStore

/// `/v1/workers`.
struct WorkerHandlers: Sendable {
  let workers: WorkerService
  let registry: WorkerRegistry
  let view: ClusterView

  /// A page of workers.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await workers.list(try request.page())
    return .page(encode(page.items), next: page.next)
  }

  /// One worker.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    resource(try await workers.get(try request.pathName("name")))
  }

  /// Changes a worker's labels or cordon.
  func update(_ request: APIRequest) async throws -> HTTPResponse {
    resource(
      try await workers.update(
        try request.pathName("name"), patch: try request.json(),
        expectedVersion: try request.expectedVersion()))
  }

  /// Deletes a worker.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    try await workers.delete(
      try request.pathName("name"), expectedVersion: try request.expectedVersion())
    return .noContent
  }

  private func resource(_ worker: Worker) -> HTTPResponse {
    .resource(200, encode([worker]).first ?? .null)
  }

  private func encode(_ workers: [Worker]) -> [JSONValue] {
    let phases = registry.phases(of: workers.map(\.metadata.id))
    let counts = view.streamCounts()
    return workers.map { worker in
      let id = worker.metadata.id
      return ResourceView.worker(
        worker, phase: phases[id] ?? .lost, streamCount: counts[id] ?? 0,
        lastSeenAt: registry.lastHeard(of: id) ?? worker.lastSeenAt)
    }
  }
}
