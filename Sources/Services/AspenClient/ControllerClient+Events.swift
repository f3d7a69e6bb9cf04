import AspenHTTP
import AspenModel
import AspenNet

extension ControllerClient {
  /// Reads server-sent events as they come, until the server or the reader ends it. At most
  /// `EventStream.maxWaiting` wait for their reader; then the connection is closed with an error.
  ///
  /// Iterate it once. The connection is closed when the iteration or its task ends.
  package func events(
    _ path: String, query: [(name: String, value: String)] = [], timeout: Duration = .seconds(10)
  ) async throws(ClientError) -> EventStream {
    let url: HTTPURL
    let stream: ByteStream
    let loop = loops[0]
    do {
      url = try HTTPURL(base + URLEncoding.target(path, query: query))
      stream = try await HTTPDialer.connect(
        to: url, tls: tls, deadline: MonotonicTime.current() + timeout, on: loop)
    } catch let error as HTTPClientError {
      throw .invalidConfiguration(error.description)
    } catch let error as NetError {
      throw error == .timedOut
        ? .timedOut("the time for the connection is over")
        : error == .cancelled ? .cancelled : .unreachable(error.description)
    } catch {
      throw .unreachable("\(error)")
    }
    var headers: HTTPHeaders = [
      "Accept": "text/event-stream", "User-Agent": Self.userAgent, "Cache-Control": "no-store",
    ]
    credential.prove(in: &headers, origin: origin)
    let request = HTTPClientRequest(url: url, headers: headers)
    return EventStream.open(stream, request)
  }
}

/// Server-sent events as they come; ends with a `ClientError`, or when the server closes in order.
package struct EventStream: AsyncSequence, Sendable {
  package typealias Element = ServerSentEvents.Event

  /// A reader that is so far behind gets an error rather than the server's memory or ours.
  package static let maxWaiting = 10_000

  let events: AsyncThrowingStream<ServerSentEvents.Event, any Error>

  /// Starts the iteration.
  package func makeAsyncIterator() -> AsyncThrowingStream<Element, any Error>.Iterator {
    events.makeAsyncIterator()
  }

  static func open(_ stream: ByteStream, _ request: HTTPClientRequest) -> EventStream {
    let (events, continuation) = AsyncThrowingStream.makeStream(
      of: Element.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(maxWaiting))
    let reader = EventStreamReader(continuation)
    continuation.onTermination = { _ in
      stream.loop.execute { stream.close(.local) }
    }
    let head = request.encodedHead()
    stream.loop.execute { reader.start(stream, head) }
    return EventStream(events: events)
  }
}

/// Reads one response whose body does not end.
///
/// `@unchecked Sendable`: after init touched on the stream's loop only.
private final class EventStreamReader: ByteStreamHandler, @unchecked Sendable {
  private let continuation: AsyncThrowingStream<ServerSentEvents.Event, any Error>.Continuation
  private var reader = HTTPResponseReader(isHead: false, bodyBytes: 4 << 20)
  private var parser = ServerSentEvents()

  init(
    _ continuation: AsyncThrowingStream<ServerSentEvents.Event, any Error>.Continuation
  ) {
    self.continuation = continuation
  }

  func start(_ stream: ByteStream, _ head: [UInt8]) {
    stream.handler = self
    stream.write(head)
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    do {
      if let response = try reader.received(bytes) {
        try finish(response)
        stream.close(.local)
      } else if let part = reader.takePart(ofStatus: 200) {
        try deliver(part)
      }
    } catch let error as HTTPParseError {
      fail(.unexpectedAnswer(error.detail), stream)
    } catch {
      fail(error as? ClientError ?? .unexpectedAnswer("\(error)"), stream)
    }
  }

  func streamDrained(_ stream: ByteStream) {}

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    do {
      if let response = reader.ended() {
        try finish(response)
      } else {
        continuation.finish(throwing: ClientError.unreachable(reason.description))
      }
    } catch {
      continuation.finish(throwing: error)
    }
  }

  /// The response is complete: the rest of the events, or the problem.
  private func finish(_ response: HTTPResponse) throws {
    guard response.status == 200 else {
      throw ClientError.problem(
        ServerProblem(status: response.status, json: try? JSONValue(parsing: response.body)))
    }
    try deliver(response.body)
    continuation.finish()
  }

  private func deliver(_ bytes: [UInt8]) throws {
    for event in try parser.received(bytes) {
      if case .dropped = continuation.yield(event) {
        throw ClientError.unreachable("the events come faster than they are read")
      }
    }
  }

  private func fail(_ error: ClientError, _ stream: ByteStream) {
    continuation.finish(throwing: error)
    stream.close(.local)
  }
}
