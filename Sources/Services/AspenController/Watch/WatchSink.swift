import AspenAPI
import AspenHTTP
import AspenNet
import AspenWebSocket

/// Why a watch ends.
enum WatchEnd: Sendable, Hashable {
  /// The controller stops.
  case shutdown
  /// The watcher may not watch any more.
  case revoked
  /// The feed has lost the watcher's place; the last event said so.
  case gone

  /// The close code of a WebSocket.
  var code: UInt16 {
    switch self {
    case .shutdown: 1001
    case .revoked: 1008
    case .gone: 4410
    }
  }

  /// The reason in words.
  var words: String {
    switch self {
    case .shutdown: "the controller stops"
    case .revoked: "access has ended"
    case .gone: "the revision is no longer kept"
    }
  }
}

/// The connection of a watcher. Confined to its loop.
protocol WatchSink: AnyObject {
  /// Whether the peer has taken everything, as far as the kernel tells.
  var isIdle: Bool { get }
  /// When the peer last took bytes.
  var lastProgress: MonotonicTime { get }
  /// Begins; `onIdle` comes whenever everything sent was taken, `onClose` exactly once.
  func start(onIdle: @escaping () -> Void, onClose: @escaping () -> Void)
  /// Queues events.
  func send(_ events: [WatchEvent])
  /// Ends in order, behind what is queued.
  func close(_ end: WatchEnd)
  /// Breaks off.
  func abort()
}

/// Server-sent events (HTML 9.2): a body that goes on until one side closes.
final class EventStreamSink: WatchSink, ByteStreamHandler {
  private enum Limits {
    /// What a peer gets to take the last events and to end its side.
    static let close = Duration.seconds(5)
  }

  private let stream: ByteStream
  /// Keeps the connection counted in the HTTP server.
  private var slot: HTTPConnectionSlot?
  private var onIdle: (() -> Void)?
  private var onClose: (() -> Void)?

  init(_ upgrade: HTTPUpgrade) {
    stream = upgrade.stream
    slot = upgrade.slot
  }

  /// Throws `notAcceptable` when the sender says that it does not read server-sent events.
  static func requireAcceptable(_ request: HTTPRequest) throws(Problem) {
    let accepted = request.headers.all("accept").flatMap { $0.split(separator: ",") }.map { range in
      String(range.prefix { $0 != ";" }).trimmingSpaces.lowercased()
    }
    let fitting = ["text/event-stream", "text/*", "*/*"]
    guard accepted.isEmpty || accepted.contains(where: fitting.contains) else {
      throw Problem(.notAcceptable, "this is sent as text/event-stream")
    }
  }

  /// The head of the answer; the body belongs to `upgrade`.
  static func response(upgrade: @escaping @Sendable (HTTPUpgrade) -> Void) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "text/event-stream", "Cache-Control": "no-store", "Connection": "close",
        // Proxies that gather a body before they pass it on are asked not to.
        "X-Accel-Buffering": "no",
      ], upgrade: upgrade)
  }

  var isIdle: Bool { stream.isIdleForWriting }

  var lastProgress: MonotonicTime { stream.lastProgress }

  func start(onIdle: @escaping () -> Void, onClose: @escaping () -> Void) {
    self.onIdle = onIdle
    self.onClose = onClose
    // Drained means empty: only then the next events are chosen.
    stream.limits.highWaterBytes = 0
    stream.limits.lowWaterBytes = 0
    stream.handler = self
    stream.flush()
  }

  func send(_ events: [WatchEvent]) {
    for event in events { stream.write(event.bytes) }
  }

  func close(_ end: WatchEnd) { stream.closeAfterFlush(deadline: Limits.close) }

  func abort() { stream.close(.timeout) }

  /// A client has nothing more to say; what it says is dropped.
  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {}

  func streamDrained(_ stream: ByteStream) { onIdle?() }

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    slot = nil
    let callback = onClose
    onIdle = nil
    onClose = nil
    callback?()
  }
}

/// One text message an event.
final class WebSocketSink: WatchSink {
  private let connection: WebSocketConnection

  init(_ connection: WebSocketConnection) {
    self.connection = connection
  }

  /// Clients have nothing to say on this connection.
  static var configuration: WebSocketConfiguration {
    var configuration = WebSocketConfiguration()
    configuration.maxMessageBytes = 1_024
    configuration.writeTimeout = WatchShard.Limits.stall
    return configuration
  }

  var isIdle: Bool { connection.isIdleForWriting }

  var lastProgress: MonotonicTime { connection.lastProgress }

  func start(onIdle: @escaping () -> Void, onClose: @escaping () -> Void) {
    connection.writeLimits.highWaterBytes = 0
    connection.writeLimits.lowWaterBytes = 0
    connection.onDrain = onIdle
    connection.onClose = { _, _ in onClose() }
    connection.flush()
  }

  func send(_ events: [WatchEvent]) {
    for event in events where !event.json.isEmpty {
      connection.send(textBytes: event.bytes[event.json])
    }
  }

  func close(_ end: WatchEnd) { connection.close(code: end.code, reason: end.words) }

  func abort() { connection.abort() }
}
