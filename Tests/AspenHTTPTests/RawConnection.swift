import AspenCrypto
import AspenHTTP
import AspenNet
import AspenTelemetry
import AspenTestSupport

/// A peer that sends whatever it is told and collects what it gets.
final class RawConnection: ByteStreamHandler, @unchecked Sendable {
  let received = Collected<[UInt8]>()
  let closed = Collected<StreamClosed?>(nil)
  private let stream: ByteStream

  private init(_ stream: ByteStream) { self.stream = stream }

  /// Connects and sends `text` at once, however busy the threads of the tests are.
  static func connect(
    to address: SocketAddress, on loop: EventLoop, reads: Bool = true, sending text: String = ""
  ) async throws -> RawConnection {
    try await withTaskExecutorPreference(loop) {
      let stream = try await Connector.connect(to: address, timeout: .seconds(10), on: loop)
      let connection = RawConnection(stream)
      try await loop.run {
        if reads { stream.handler = connection }
        stream.write(Array(text.utf8))
      }
      return connection
    }
  }

  var text: String { String(decoding: received.value, as: UTF8.self) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    stream.loop.execute { [self] in stream.write(bytes) }
  }

  func close() {
    stream.loop.execute { [self] in stream.close(.local) }
  }

  /// Waits for the end and returns everything received.
  func whole() async throws -> String {
    try await waitUntil("the connection's end") { closed.value != nil }
    return text
  }

  func wait(for part: String) async throws {
    try await waitUntil("\"\(part)\" in \"\(text)\"") { text.contains(part) }
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

/// A server on a free port, with a loop for clients beside it.
struct TestServer: Sendable {
  private let configuration: HTTPServerConfiguration
  private let tls: TLSServerContext?
  private let handler: @Sendable (HTTPRequest) async -> HTTPResponse

  init(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, tls: TLSServerContext? = nil,
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = echo
  ) {
    var configuration = HTTPServerConfiguration()
    configure(&configuration)
    self.configuration = configuration
    self.tls = tls
    self.handler = handler
  }

  /// Runs `body` while the server listens.
  func run<R>(
    _ body: (HTTPServer, SocketAddress, EventLoop) async throws -> R
  ) async throws -> R {
    try await withLoops(2) { loops in
      let server = HTTPServer(
        configuration: configuration, loops: [loops[0]], log: Log.silent, handler: handler)
      let address = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0), tls: tls)
      let result = try await body(server, address, loops[1])
      await server.drain(deadline: .seconds(1))
      return result
    }
  }
}

/// Answers with the method, the target and the body.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
  .text("\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))")
}
