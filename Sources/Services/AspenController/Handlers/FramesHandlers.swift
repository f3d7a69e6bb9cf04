import AspenAPI
import AspenHTTP
import AspenHub
import AspenModel
import AspenWebSocket
import AspenWire

/// Doors to live frames for viewers.
struct FramesHandlers: Sendable {
  let streams: StreamService
  let view: ClusterView
  let hub: FrameHub

  /// Several streams on one socket: by list, by selector, or all.
  func watch(_ request: APIRequest) async throws -> HTTPResponse {
    let names = request.query("streams").map { text in
      text.split(separator: ",").map { String($0).trimmingSpaces }
    }
    if names != nil, request.query("selector") != nil {
      throw ValidationError("selector", "must not be given together with streams")
    }
    let mode = try mode(request) ?? .header
    if mode == .plain, names?.count != 1 {
      throw ValidationError(
        "mode", "can be plain for exactly one stream; plain frames do not say whose they are")
    }
    if let names {
      try await requireStreams(names)
      return try upgrade(request, .names(names), mode)
    }
    return try upgrade(request, .selector(try request.selector() ?? .everything), mode)
  }

  /// One stream, plain unless asked otherwise.
  func watchStream(_ request: APIRequest) async throws -> HTTPResponse {
    let name = try request.pathName("name").text
    let mode = try mode(request) ?? .plain
    try await requireStreams([name])
    return try upgrade(request, .names([name]), mode)
  }

  private enum Limits {
    static let streamsPerSocket = 1000
  }

  private func mode(_ request: APIRequest) throws -> ViewerSubscription.Mode? {
    switch request.query("mode") {
    case nil: nil
    case "plain": .plain
    case "header": .header
    default: throw ValidationError("mode", "must be plain or header")
    }
  }

  /// The view knows all streams, also while PostgreSQL is away; only a stream that it does not know
  /// yet is looked up.
  private func requireStreams(_ names: [String]) async throws {
    guard (1...Limits.streamsPerSocket).contains(names.count) else {
      throw ValidationError("streams", "must name 1 to \(Limits.streamsPerSocket) streams")
    }
    let known = Set(view.current.streams.values.map(\.metadata.name.text))
    for name in names where !known.contains(name) {
      _ = try await streams.get(try ObjectName(name, field: "streams"))
    }
  }

  private func upgrade(
    _ request: APIRequest, _ selection: StreamSelection,
    _ mode: ViewerSubscription.Mode
  ) throws -> HTTPResponse {
    let subscription = ViewerSubscription(
      selection: selection, mode: mode, framesPerSecond: try request.decimal("fps", in: 0.01...120),
      width: try request.wholeNumber("width", in: 16...7680))
    return WebSocketServer.upgrade(
      request.http, subprotocols: [WireProtocol.frames], configuration: WebSocketConfiguration()
    ) { [hub] connection in
      hub.attachViewer(connection, subscription)
    }
  }
}
