import AspenHTTP
import AspenHub
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import AspenWebSocket
import AspenWire

/// A hub behind a real server on loopback, with clients on a loop of their own.
final class HubHarness: Sendable {
  let hub: FrameHub
  let demands = Collected<[Int64: FrameDemand]>([:])
  private let clientLoop: EventLoop
  private let address: SocketAddress
  private let server: HTTPServer
  private let subscriptions = Collected<[String: ViewerSubscription]>([:])

  /// The first of `loops` is the clients', the others are the server's.
  init(_ loops: [EventLoop], configuration: HubConfiguration = HubConfiguration()) throws {
    clientLoop = loops[0]
    let demands = demands
    let subscriptions = subscriptions
    let hub = FrameHub(
      loops: Array(loops.dropFirst()), configuration: configuration, log: Log.silent,
      onDemand: { map in demands.update { $0 = map } })
    self.hub = hub
    server = HTTPServer(loops: Array(loops.dropFirst()), log: Log.silent) { request in
      var limits = WebSocketConfiguration()
      limits.maxMessageBytes = WireProtocol.maxFrameBytes
      let parts = request.target.split(separator: "/")
      if parts.count == 2, parts[0] == "uplink", let workerID = Int64(parts[1]) {
        return WebSocketServer.upgrade(
          request, subprotocols: [WireProtocol.uplink], configuration: limits
        ) { hub.attachUplink($0, workerID: workerID) }
      }
      guard let subscription = subscriptions.value[request.target] else {
        return .text("unknown", status: 404)
      }
      return WebSocketServer.upgrade(
        request, subprotocols: [WireProtocol.frames], configuration: limits
      ) { hub.attachViewer($0, subscription) }
    }
    address = try server.listen(on: try SocketAddress(ip: "127.0.0.1", port: 0))
  }

  /// Connects a viewer.
  func viewer(
    _ selection: StreamSelection, mode: ViewerSubscription.Mode = .plain, fps: Double? = nil,
    width: Int? = nil, reads: Bool = true
  ) async throws -> HubPeer {
    let subscription = ViewerSubscription(
      selection: selection, mode: mode, framesPerSecond: fps, width: width)
    let name = "/viewer/\(subscriptions.value.count)"
    subscriptions.update { $0[name] = subscription }
    return try await connect(name, reads: reads)
  }

  /// Connects a worker's uplink.
  func uplink(worker: Int64 = 1) async throws -> HubPeer {
    try await connect("/uplink/\(worker)", reads: true)
  }

  private func connect(_ target: String, reads: Bool) async throws -> HubPeer {
    var limits = WebSocketConfiguration()
    limits.maxMessageBytes = WireProtocol.maxFrameBytes
    limits.maxQueuedBytes = 4 * WireProtocol.maxFrameBytes
    let connection = try await WebSocketClient.connect(
      url: try HTTPURL("ws://127.0.0.1:\(address.port)\(target)"),
      subprotocols: [WireProtocol.frames, WireProtocol.uplink], configuration: limits,
      on: clientLoop)
    let peer = HubPeer(connection)
    try await clientLoop.run { peer.start(reads: reads) }
    return peer
  }
}

/// A client's end of a connection, and what it got.
final class HubPeer: Sendable {
  let texts = Collected<[String]>()
  let messages = Collected<[[UInt8]]>()
  let closed = Collected<[UInt16]>()
  private let connection: WebSocketConnection

  init(_ connection: WebSocketConnection) {
    self.connection = connection
  }

  func start(reads: Bool) {
    connection.onText = { [texts] in texts.append($0) }
    connection.onBinary = { [messages] in messages.append($0) }
    connection.onClose = { [closed] code, _ in closed.append(code) }
    connection.start()
    if !reads { connection.pauseReading() }
  }

  func send(_ message: [UInt8]) {
    connection.loop.execute { [connection] in connection.send(binary: message) }
  }

  func send(text: String) {
    connection.loop.execute { [connection] in connection.send(text: text) }
  }

  func close() {
    connection.loop.execute { [connection] in connection.close() }
  }

  func abort() {
    connection.loop.execute { [connection] in connection.abort() }
  }
}
