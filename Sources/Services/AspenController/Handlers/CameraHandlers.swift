import AspenAPI
import AspenHTTP
import AspenHub
import AspenModel
import AspenStore

/// `/v1/cameras`.
struct CameraHandlers: Sendable {
  let cameras: CameraService
  let view: ClusterView
  let hub: FrameHub

  /// A page of cameras.
  func list(_ request: APIRequest) async throws -> HTTPResponse {
    let page = try await cameras.list(try request.page())
    let streams = Dictionary(grouping: view.current.streams.values, by: \.cameraID)
    let viewers = hub.viewerCounts()
    let items = page.items.map { camera in
      let own = streams[camera.metadata.id] ?? []
      return encode(
        CameraService.Found(
          camera: camera, streams: own.sorted { $0.metadata.name < $1.metadata.name }), viewers)
    }
    return .page(items, next: page.next)
  }

  /// Adds a camera, and a stream of the same name unless `default_stream=false`.
  func create(_ request: APIRequest) async throws -> HTTPResponse {
    let withDefaultStream = try request.flag("default_stream") ?? true
    let body = try CreateBody(json: try request.json())
    let created = try await cameras.create(body, withDefaultStream: withDefaultStream)
    return .resource(
      201, encode(created, [:]), location: "/v1/cameras/\(body.name)")
  }

  /// One camera.
  func get(_ request: APIRequest) async throws -> HTTPResponse {
    let found = try await cameras.get(try request.pathName("name"))
    return .resource(200, encode(found, hub.viewerCounts()))
  }

  /// Changes a camera.
  func update(_ request: APIRequest) async throws -> HTTPResponse {
    let changed = try await cameras.update(
      try request.pathName("name"), patch: try request.json(),
      expectedVersion: try request.expectedVersion())
    return .resource(200, encode(changed, hub.viewerCounts()))
  }

  /// Deletes a camera and its streams.
  func delete(_ request: APIRequest) async throws -> HTTPResponse {
    try await cameras.delete(
      try request.pathName("name"), expectedVersion: try request.expectedVersion())
    return .noContent
  }

  private func encode(_ found: CameraService.Found, _ viewers: [Int64: Int]) -> JSONValue {
    let status =
      found.streams.first.map { view.view(of: $0, viewers: viewers[$0.metadata.id] ?? 0) }
      ?? StreamView(
        phase: .unassigned, message: "no stream uses this camera", placement: "no stream")
    return ResourceView.camera(
      found.camera, status: status, streams: found.streams.map(\.metadata.name.text))
  }
}
