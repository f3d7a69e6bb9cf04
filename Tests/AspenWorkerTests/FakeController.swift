import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import AspenWebSocket
import AspenWire
import Synchronization

/// A controller as a worker sees it: real sockets, and whatever the test wants it to say.
final class FakeController: Sendable {
  /// A frame of the worker and when it came.
  struct Frame: Sendable {
    let header: FrameHeader
    let at: ContinuousClock.Instant
  }

  private struct State {
    var address = ""
    var told: [String] = []
    var control: WebSocketConnection?
    var uplink: WebSocketConnection?
    var hellos: [WorkerMessage.Hello] = []
    var status: WorkerMessage.Status?
    var lastHeartbeat: Int64 = 0
    var frames: [Frame] = []
    var uplinks = 0
    var demandRevision: Int64 = 0
    var grantsLeases = true
  }

  private let id: String
  private let loop: EventLoop
  private let lease: Duration
  private let state = Mutex(State())
  private let server = Mutex<HTTPServer?>(nil)

  /// Begins to listen.
  init(_ id: String, on loop: EventLoop, lease: Duration = .seconds(2)) throws {
    self.id = id
    self.loop = loop
    self.lease = lease
    let server = HTTPServer(loops: [loop], log: Log.silent) { [unowned self] request in
      respond(to: request)
    }
    let bound = try server.listen(on: try SocketAddress(ip: "127.0.0.1", port: 0))
    state.withLock { $0.address = "http://127.0.0.1:\(bound.port)" }
    self.server.withLock { $0 = server }
  }

  var address: String { state.withLock { $0.address } }
  var hellos: [WorkerMessage.Hello] { state.withLock { $0.hellos } }
  var status: WorkerMessage.Status? { state.withLock { $0.status } }
  var frames: [Frame] { state.withLock { $0.frames } }
  var uplinks: Int { state.withLock { $0.uplinks } }

  /// What the welcome says of the other controllers.
  func tells(_ addresses: [String]) { state.withLock { $0.told = addresses } }

  /// Whether heartbeats are confirmed from now on.
  func grantsLeases(_ grants: Bool) { state.withLock { $0.grantsLeases = grants } }

  /// Says which streams the worker shall run.
  func desires(epoch: Int64 = 1, _ revision: Int64, _ streams: [DesiredStream]) {
    say(.desired(.init(version: .init(epoch: epoch, revision: revision), streams: streams)))
    say(.heard(.init(sequence: state.withLock { $0.lastHeartbeat })))
  }

  /// Says which streams somebody watches.
  func demands(_ streamIDs: [Int64]) {
    let revision = state.withLock { state in
      state.demandRevision += 1
      return state.demandRevision
    }
    say(
      .demand(
        .init(
          revision: revision,
          streams: streamIDs.map {
            .init(streamID: $0, demand: FrameDemand(framesPerSecond: nil, width: nil))
          })))
  }

  func say(_ message: ControllerMessage) {
    let text = message.text
    loop.execute { [self] in state.withLock { $0.control }?.send(text: text) }
  }

  /// Reads nothing any more, as a process that was stopped.
  func freeze() async throws {
    try await loop.run { [self] in
      let (control, uplink) = state.withLock { ($0.control, $0.uplink) }
      control?.pauseReading()
      uplink?.pauseReading()
    }
  }

  /// Ends the connections without a word, and accepts no more.
  func kill() async {
    let (control, uplink) = state.withLock { ($0.control, $0.uplink) }
    loop.execute {
      control?.abort()
      uplink?.abort()
    }
    await server.withLock { $0 }?.drain(deadline: .zero)
  }

  private func respond(to request: HTTPRequest) -> HTTPResponse {
    var limits = WebSocketConfiguration()
    limits.maxMessageBytes = WireProtocol.maxFrameBytes
    switch request.target {
    case "/v1/worker/join": return .json(Array("{}".utf8), status: 201)
    case "/v1/worker/control":
      return WebSocketServer.upgrade(
        request, subprotocols: [WireProtocol.control], configuration: limits
      ) { self.serve(control: $0) }
    case "/v1/worker/frames":
      return WebSocketServer.upgrade(
        request, subprotocols: [WireProtocol.uplink], configuration: limits
      ) { self.serve(uplink: $0) }
    default: return .problem(status: 404, detail: "no")
    }
  }

  private func serve(control connection: WebSocketConnection) {
    connection.onText = { [self] text in
      guard let message = try? WorkerMessage(parsing: text) else { return }
      switch message {
      case .hello(let hello):
        let told = state.withLock { state in
          state.control = connection
          state.hellos.append(hello)
          state.lastHeartbeat = 0
          return state.told
        }
        say(
          .welcome(
            .init(
              workerName: "w1", heartbeatMilliseconds: 50,
              leaseMilliseconds: Int(lease / .milliseconds(1)), controllerID: id,
              controllers: told)))
      case .heartbeat(let heartbeat):
        let grants = state.withLock { state in
          state.lastHeartbeat = heartbeat.sequence
          return state.grantsLeases
        }
        if grants { say(.heard(.init(sequence: heartbeat.sequence))) }
      case .status(let status): state.withLock { $0.status = status }
      }
    }
  }

  private func serve(uplink connection: WebSocketConnection) {
    state.withLock { state in
      state.uplink = connection
      state.uplinks += 1
    }
    connection.onBinary = { [self] bytes in
      guard let header = try? FrameHeader(decoding: bytes) else { return }
      state.withLock { $0.frames.append(Frame(header: header, at: .now)) }
    }
  }
}
