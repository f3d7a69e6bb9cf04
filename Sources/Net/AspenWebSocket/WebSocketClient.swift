package import AspenCrypto
package import AspenHTTP
package import AspenNet

/// The client's side of the opening handshake.
package enum WebSocketClient {
  /// Connects to a ws or wss address and shakes hands before `timeout` is over. The connection
  /// belongs to `loop`; it reads after `start()`, so that no message is lost before the callbacks
  /// are set. Whoever gets it must close it.
  package static func connect(
    url: HTTPURL, headers: HTTPHeaders = [:], subprotocols: [String] = [],
    tls: TLSClientContext? = nil, timeout: Duration = .seconds(10),
    configuration: WebSocketConfiguration = WebSocketConfiguration(), on loop: EventLoop
  ) async throws(WebSocketError) -> WebSocketConnection {
    let deadline = MonotonicTime.current() + timeout
    let stream: ByteStream
    do throws(NetError) {
      stream = try await HTTPDialer.connect(to: url, tls: tls, deadline: deadline, on: loop)
    } catch {
      switch error {
      case .cancelled: throw .cancelled
      case .timedOut: throw .timedOut
      default: throw .network(error)
      }
    }
    let attempt = WebSocketAttempt(
      stream: stream, subprotocols: subprotocols, configuration: configuration)
    let head = attempt.requestHead(url, headers)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isRunning = loop.execute { attempt.start(head, deadline, continuation) }
        if !isRunning { continuation.resume(returning: .failure(.network(.stopped))) }
      }
    } onCancel: {
      loop.execute { attempt.cancel() }
    }
    return try result.get()
  }
}

/// One handshake: request sent → 101 → connection, or an error in each state.
///
/// `@unchecked Sendable`: after init touched on its loop only.
private final class WebSocketAttempt: ByteStreamHandler, @unchecked Sendable {
  typealias Outcome = Result<WebSocketConnection, WebSocketError>

  /// An error's body is read up to here to learn the reason.
  private static let errorBodyBytes = 64 * 1024

  private let stream: ByteStream
  private let key = Base64.encode(RandomBytes.generate(16))
  private let subprotocols: [String]
  private let configuration: WebSocketConfiguration
  private var reader = HTTPResponseReader(isHead: false, bodyBytes: errorBodyBytes)
  private var continuation: CheckedContinuation<Outcome, Never>?
  private var timer: LoopTimer?
  private var isCancelled = false

  init(stream: ByteStream, subprotocols: [String], configuration: WebSocketConfiguration) {
    self.stream = stream
    self.subprotocols = subprotocols
    self.configuration = configuration
  }

  func requestHead(_ url: HTTPURL, _ headers: HTTPHeaders) -> [UInt8] {
    var text = "GET \(url.pathAndQuery) HTTP/1.1\r\n"
    if headers["Host"] == nil { text += "Host: \(url.hostField)\r\n" }
    text += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    text += "Sec-WebSocket-Key: \(key)\r\n"
    if !subprotocols.isEmpty {
      text += "Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))\r\n"
    }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  func start(
    _ head: [UInt8], _ deadline: MonotonicTime, _ continuation: CheckedContinuation<Outcome, Never>
  ) {
    self.continuation = continuation
    guard !isCancelled else { return fail(.cancelled) }
    timer = stream.loop.schedule(after: deadline - stream.loop.now) { [weak self] in
      self?.fail(.timedOut)
    }
    stream.handler = self
    stream.write(head)
  }

  func cancel() {
    isCancelled = true
    if continuation != nil { fail(.cancelled) }
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    guard continuation != nil else { return }
    do throws(HTTPParseError) {
      if let response = try reader.received(bytes) { finish(response) }
    } catch {
      fail(.badHandshake(error.detail))
    }
  }

  func streamDrained(_ stream: ByteStream) {}

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    if let response = reader.ended() {
      finish(response)
    } else {
      fail(.badHandshake(reason.description))
    }
  }

  private func finish(_ response: HTTPResponse) {
    guard response.status == 101 else {
      let detail = String(decoding: response.body.prefix(8192), as: UTF8.self)
      return fail(.refused(status: response.status, detail: detail))
    }
    let chosen = response.headers.all("Sec-WebSocket-Protocol")
    guard response.headers.contains("Upgrade", token: "websocket"),
      response.headers.contains("Connection", token: "upgrade")
    else { return fail(.badHandshake("101 without the upgrade")) }
    guard response.headers.all("Sec-WebSocket-Accept") == [WebSocketHandshake.accept(key)] else {
      return fail(.badHandshake("the key is not answered"))
    }
    guard response.headers["Sec-WebSocket-Extensions"] == nil else {
      return fail(.badHandshake("an extension that was not asked for"))
    }
    guard chosen.isEmpty || chosen.count == 1 && subprotocols.contains(chosen[0]) else {
      return fail(.badHandshake("a subprotocol that was not offered"))
    }
    let connection = WebSocketConnection(
      stream: stream, role: .client, subprotocol: chosen.first, pending: reader.takeRest(),
      configuration: configuration)
    resume(.success(connection))
  }

  private func fail(_ error: WebSocketError) {
    guard continuation != nil else { return }
    stream.close(.local)
    resume(.failure(error))
  }

  private func resume(_ outcome: Outcome) {
    timer?.cancel()
    timer = nil
    let continuation = continuation
    self.continuation = nil
    continuation?.resume(returning: outcome)
  }
}
