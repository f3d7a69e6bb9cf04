import AspenAPI
import AspenHTTP
import AspenHub
import AspenModel
import AspenWebSocket
import AspenWire

/// Doors to live frames for viewers.
struct FramesHandlers: Sendable {
  let resources: ResourceService
  let view: ClusterView
  let hub: FrameHub
  let access: LiveAccess

  private enum Limits {
    static let streamsPerSocket = 1000
  }

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
      guard (1...Limits.streamsPerSocket).contains(names.count) else {
        throw ValidationError("streams", "must name 1 to \(Limits.streamsPerSocket) streams")
      }
      for name in names {
        try await require(try ObjectName(name, field: "streams"), request.principal)
      }
      return try upgrade(request, .names(names), mode)
    }
    return try upgrade(request, .selector(try request.selector() ?? .everything), mode)
  }

  /// One stream, plain unless asked otherwise.
  func watchStream(_ request: APIRequest) async throws -> HTTPResponse {
    let name = try request.pathName()
    let mode = try mode(request) ?? .plain
    let id = try await require(name, request.principal)
    return try upgrade(request, .id(id), mode)
  }

  private func mode(_ request: APIRequest) throws -> ViewerSubscription.Mode? {
    switch request.query("mode") {
    case nil: nil
    case "plain": .plain
    case "header": .header
    default: throw ValidationError("mode", "must be plain or header")
    }
  }

  /// The id of a stream that the sender may watch. The view knows all streams, also while PostgreSQL is
  /// away; only a stream that it does not know yet is looked up.
  @discardableResult
  private func require(_ name: ObjectName, _ principal: Principal) async throws -> Int64 {
    let stream: (id: Int64, cameraLabels: Labels?)
    if let known = view.stream(named: name) {
      stream = (known.id, known.cameraLabels)
    } else {
      let found = try await resources.get(
        .stream, name, AccessRights(grants: [Grant(role: .admin)]))
      stream = (found.metadata.id, found.cameraLabels)
    }
    let isAllowed =
      switch principal {
      case .caller(let caller):
        caller.rights.allows(.viewer, cameraLabels: stream.cameraLabels)
      case .viewLink(let link): link.streamID == stream.id
      case .anyone, .joining, .worker: false
      }
    guard isAllowed else { throw Problem(.notFound, "there is no such stream") }
    return stream.id
  }

  private func upgrade(
    _ request: APIRequest, _ selection: StreamSelection, _ mode: ViewerSubscription.Mode
  ) throws -> HTTPResponse {
    var selection = selection
    var scopes: [LabelSelector]?
    switch request.principal {
    case .caller(let caller): scopes = caller.rights.scopes(.viewer)
    case .viewLink(let link): selection = .id(link.streamID)
    case .anyone, .joining, .worker: scopes = []
    }
    let subscription = ViewerSubscription(
      selection: selection, scopes: scopes, mode: mode,
      framesPerSecond: try request.decimal("fps", in: 0.01...120),
      width: try request.wholeNumber("width", in: 16...7680).map { Int($0) })
    return try .webSocket(
      WebSocketServer.upgrade(
        request.http, subprotocols: [WireProtocol.frames], configuration: WebSocketConfiguration()
      ) { [hub, access] connection in
        hub.attachViewer(connection, subscription)
        access.watch(connection, of: request)
      })
  }
}
