import AspenAPI
import AspenHTTP
import AspenHub
import AspenModel
import AspenStore

/// `/v1/streams`.
struct StreamHandlers: Sendable {
  let streams: StreamService
  let view: ClusterView
  let hub: FrameHub

  /// A page of streams.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await streams.list(try request.page())
    let viewers = hub.viewerCounts()
    return .page(page.items.map { encode($0, viewers) }, next: page.next)
  }

  /// Adds a stream.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let stream = try await streams.create(try CreateBody(json: try request.json()))
    return .resource(
      201, encode(stream, [:]), location: "/v1/streams/\(stream.metadata.name)")
  }

  /// One stream.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    let stream = try await streams.get(try request.pathName("name"))
    return .resource(200, encode(stream, hub.viewerCounts()))
  }

  /// Changes a stream.
  func update(_ request: APIRequest) async throws -> HTTPResponse {
    let stream = try await streams.update(
      try request.pathName("name"), patch: try request.json(),
      expectedVersion: try request.expectedVersion())
    return .resource(200, encode(stream, hub.viewerCounts()))
  }

  /// Deletes a stream.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    try await streams.delete(
      try request.pathName("name"), expectedVersion: try request.expectedVersion())
    return .noContent
  }

  private func encode(_ stream: Stream, _ viewers: [Int64: Int]) -> JSONValue {
    ResourceView.stream(
      stream, status: view.view(of: stream, viewers: viewers[stream.metadata.id] ?? 0))
  }
}
