import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport
import AspenWebSocket
import AspenWire
import Foundation

@testable import AspenController

/// A watch behind a real server, with clients on a loop of their own. Server-sent events come over a unix
/// socket, whose small buffers are full soon, WebSockets over TCP.
final class WatchServer: Sendable {
  let watch: ChangeWatch
  let scope = Collected(WatchScope.everything)
  let isAllowed = Collected(true)
  let server: HTTPServer
  private let loop: EventLoop
  private let directory: TemporaryDirectory
  private let unix: SocketAddress
  private let tcp: SocketAddress

  /// The first of `loops` is the clients', the others are the server's.
  private init(
    _ loops: [EventLoop], _ source: any ChangeSource, _ limits: WatchRegistry.Limits,
    capacity: Int
  ) throws {
    loop = loops[0]
    let serving = Array(loops.dropFirst())
    let watch = ChangeWatch(
      source: source, loops: serving, limits: limits, capacity: capacity, log: Log.silent)
    self.watch = watch
    let (scope, isAllowed) = (scope, isAllowed)
    server = HTTPServer(loops: serving, log: Log.silent) { request in
      do {
        return try await Self.answer(request, watch.handlers, scope.value, isAllowed)
      } catch let problem as Problem {
        return .problem(problem, requestID: request.id)
      } catch let error as ValidationError {
        return .problem(Problem(error), requestID: request.id)
      } catch {
        return .problem(Problem(.internal, "\(error)"), requestID: request.id)
      }
    }
    directory = try TemporaryDirectory()
    unix = try server.listen(on: SocketAddress(unixPath: directory.file("watch")))
    tcp = try server.listen(on: try SocketAddress(ip: "127.0.0.1", port: 0))
  }

  /// Runs `body` with a server whose feed is followed.
  static func run<R>(
    _ source: any ChangeSource, limits: WatchRegistry.Limits = .forTests, capacity: Int = 64,
    _ body: (WatchServer) async throws -> R
  ) async throws -> R {
    try await withLoops(3) { loops in
      let server = try WatchServer(loops, source, limits, capacity: capacity)
      let watch = server.watch
      let following = loops[1].runTask { await watch.run(on: loops[1]) }
      let result: Result<R, any Error>
      do {
        result = .success(try await body(server))
      } catch {
        result = .failure(error)
      }
      watch.closeAll()
      following.cancel()
      await following.value
      await server.server.drain(deadline: .seconds(1))
      return try result.get()
    }
  }

  private static func answer(
    _ request: HTTPRequest, _ handlers: WatchHandlers, _ scope: WatchScope,
    _ isAllowed: Collected<Bool>
  ) async throws -> HTTPResponse {
    let query = request.query
    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
    return try await handlers.changes(
      request, kinds: try WatchHandlers.kinds(value("kinds")),
      selector: try LabelSelector(parsing: value("selector") ?? ""),
      from: value("from").flatMap { Int64($0) }, bookmarks: value("bookmarks") != "false",
      access: WatchAccess(
        principal: value("as") ?? "somebody", scope: scope,
        isStillAllowed: { isAllowed.value }))
  }

  /// Opens a watch by server-sent events.
  func events(
    _ query: String = "", method: String = "GET", headers: String = "", reads: Bool = true
  ) async throws -> EventStreamClient {
    try await EventStreamClient.connect(
      to: unix, on: loop, reads: reads,
      sending: "\(method) /v1/watch?\(query) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
  }

  /// Opens a watch by WebSocket.
  func socket(_ query: String = "") async throws -> WatchSocket {
    let connection = try await WebSocketClient.connect(
      url: try HTTPURL("ws://127.0.0.1:\(tcp.port)/v1/watch?\(query)"),
      subprotocols: [WireProtocol.watch], on: loop)
    let socket = WatchSocket(connection)
    try await loop.run { socket.start() }
    return socket
  }
}

extension WatchRegistry.Limits {
  /// The limits with deadlines that a test can wait for.
  static var forTests: WatchRegistry.Limits {
    var limits = WatchRegistry.Limits()
    limits.recheck = .milliseconds(50)
    return limits
  }
}

/// A client of server-sent events.
///
/// `@unchecked Sendable`: what is not in `Collected` is touched on the stream's loop only.
final class EventStreamClient: ByteStreamHandler, @unchecked Sendable {
  let events = Collected<[ReceivedEvent]>()
  let head = Collected<String?>(nil)
  let closed = Collected<StreamClosed?>(nil)
  private let stream: ByteStream
  private var pending = Data()

  private init(_ stream: ByteStream) { self.stream = stream }

  static func connect(
    to address: SocketAddress, on loop: EventLoop, reads: Bool, sending text: String
  ) async throws -> EventStreamClient {
    try await withTaskExecutorPreference(loop) {
      let stream = try await Connector.connect(to: address, timeout: .seconds(10), on: loop)
      let client = EventStreamClient(stream)
      try await loop.run {
        if reads { stream.handler = client }
        stream.write(Array(text.utf8))
      }
      return client
    }
  }

  /// `12 updated` of each event.
  var summaries: [String] { events.value.map(\.summary) }

  /// What came behind the head when the answer was no stream of events.
  var rest: String { String(decoding: body.value, as: UTF8.self) }
  private let body = Collected<[UInt8]>()

  func beginReading() {
    stream.loop.execute { [self] in stream.handler = self }
  }

  /// Reads no more, for a while.
  func pause() {
    stream.loop.execute { [self] in stream.pauseReading() }
  }

  func resume() {
    stream.loop.execute { [self] in stream.resumeReading() }
  }

  func close() {
    stream.loop.execute { [self] in stream.close(.local) }
  }

  func wait(_ what: String = "events", until condition: ([ReceivedEvent]) -> Bool) async throws {
    try await waitUntil(what) { condition(events.value) }
  }

  func wait(for summary: String) async throws {
    try await waitUntil("\(summary) in \(summaries)") { summaries.contains(summary) }
  }

  func waitForEnd() async throws {
    try await waitUntil("the end") { closed.value != nil }
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { pending.append(contentsOf: $0) }
    if head.value == nil { readHead() }
    guard let head = head.value else { return }
    guard head.contains("text/event-stream") else {
      body.update { $0 = Array(pending) }
      return
    }
    var received: [ReceivedEvent] = []
    let separator = Data([0x0A, 0x0A])
    while let end = pending.range(of: separator) {
      let text = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
      if let event = ReceivedEvent(text) { received.append(event) }
      pending = pending[end.upperBound...]
    }
    if !received.isEmpty { events.update { $0 += received } }
  }

  private func readHead() {
    let text = String(decoding: pending, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return }
    head.update { $0 = String(text[..<end.lowerBound]) }
    pending = pending.dropFirst(text[..<end.upperBound].utf8.count)
  }

  func streamDrained(_ stream: ByteStream) {}

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    closed.update { $0 = reason }
  }
}

/// A client's end of a WebSocket, and what it got.
final class WatchSocket: Sendable {
  let messages = Collected<[JSONValue]>()
  let closed = Collected<UInt16?>(nil)
  let connection: WebSocketConnection

  init(_ connection: WebSocketConnection) { self.connection = connection }

  func start() {
    connection.onText = { [messages] text in
      messages.append((try? JSONValue(parsing: Array(text.utf8))) ?? .null)
    }
    connection.onClose = { [closed] code, _ in closed.update { $0 = code } }
    connection.start()
  }

  var summaries: [String] {
    messages.value.map { "\($0["revision"]?.wholeNumber ?? -1) \($0["type"]?.text ?? "")" }
  }

  func wait(for summary: String) async throws {
    try await waitUntil("\(summary) in \(summaries)") { summaries.contains(summary) }
  }

  func close() {
    connection.loop.execute { [connection] in connection.close() }
  }
}
