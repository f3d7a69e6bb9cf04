import AspenCrypto
import AspenHTTP
import AspenNet
import AspenTelemetry
import AspenTestSupport

@testable import AspenWebSocket

/// What a connection told its owner.
final class Diary: Sendable {
  let texts = Collected<[String]>()
  let binaries = Collected<[[UInt8]]>()
  let closes = Collected<[Close]>()
  let drains = Collected(0)

  struct Close: Sendable, Equatable {
    let code: UInt16
    let reason: String
  }

  /// Writes everything down. On the connection's loop.
  func follow(_ connection: WebSocketConnection) {
    connection.onText = { [texts] in texts.append($0) }
    connection.onBinary = { [binaries] in binaries.append($0) }
    connection.onClose = { [closes] in closes.append(Close(code: $0, reason: $1)) }
    connection.onDrain = { [drains] in drains.update { $0 += 1 } }
  }

  func close() async throws -> Close {
    try await waitUntil("the close") { !closes.value.isEmpty }
    return closes.value[0]
  }
}

/// A WebSocket server on a free port, with a loop for clients beside it.
struct WebSocketTestServer: Sendable {
  private let tls: TLSServerContext?
  private let subprotocols: [String]
  private let configuration: WebSocketConfiguration
  private let onOpen: @Sendable (WebSocketConnection) -> Void

  /// `onOpen` sets up each connection.
  init(
    tls: TLSServerContext? = nil, subprotocols: [String] = [],
    _ configure: (inout WebSocketConfiguration) -> Void = { _ in },
    onOpen: @escaping @Sendable (WebSocketConnection) -> Void
  ) {
    var configuration = WebSocketConfiguration()
    configure(&configuration)
    self.configuration = configuration
    self.tls = tls
    self.subprotocols = subprotocols
    self.onOpen = onOpen
  }

  /// Runs `body` while the server listens.
  func run<R>(
    _ body: (HTTPServer, SocketAddress, EventLoop) async throws -> R
  ) async throws -> R {
    try await withLoops(2) { loops in
      let server = HTTPServer(loops: [loops[0]], log: Log.silent) { request in
        guard request.path == "/ws" else { return .problem(status: 404, detail: "Not here.") }
        return WebSocketServer.upgrade(
          request, subprotocols: subprotocols, configuration: configuration, onOpen: onOpen)
      }
      let address = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0), tls: tls)
      let result = try await body(server, address, loops[1])
      await server.drain(deadline: .seconds(1))
      return result
    }
  }
}

/// Sends every message back.
@Sendable func echo(_ connection: WebSocketConnection) {
  connection.onText = { [unowned connection] in connection.send(text: $0) }
  connection.onBinary = { [unowned connection] in connection.send(binary: $0) }
}

extension WebSocketConnection {
  /// Does something on the loop and waits for it.
  func perform<R: Sendable>(
    _ work: @escaping @Sendable (WebSocketConnection) throws -> R
  ) async throws -> R {
    try await loop.run { [self] in try work(self) }
  }
}

/// A peer that speaks TCP only.
final class RawPeer: ByteStreamHandler, @unchecked Sendable {
  let received = Collected<[UInt8]>()
  let closed = Collected<StreamClosed?>(nil)
  private let stream: ByteStream

  static let request = [UInt8](
    """
    GET /ws HTTP/1.1\r
    Host: a\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    \r

    """.utf8)

  private init(_ stream: ByteStream) { self.stream = stream }

  static func connect(to address: SocketAddress, on loop: EventLoop) async throws -> RawPeer {
    let stream = try await Connector.connect(to: address, timeout: .seconds(10), on: loop)
    let peer = RawPeer(stream)
    try await loop.run { stream.handler = peer }
    return peer
  }

  /// What came behind the response head.
  var frames: [UInt8] {
    let bytes = received.value
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
    return Array(bytes[head.upperBound...])
  }

  var text: String { String(decoding: received.value, as: UTF8.self) }

  func send(_ bytes: [UInt8]) {
    stream.loop.execute { [self] in stream.write(bytes) }
  }

  func close() {
    stream.loop.execute { [self] in stream.close(.local) }
  }

  /// Takes no more bytes.
  func stall() {
    stream.loop.execute { [self] in stream.pauseReading() }
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    let copy = bytes.withUnsafeBufferPointer { Array($0) }
    received.update { $0 += copy }
  }

  func streamDrained(_ stream: ByteStream) {}

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    closed.update { $0 = reason }
  }
}
