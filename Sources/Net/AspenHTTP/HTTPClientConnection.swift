import AspenNet

/// A client's connection: one request at a time, idle in the pool between them.
///
/// `@unchecked Sendable`: what changes is touched on its loop only.
final class HTTPClientConnection: ByteStreamHandler, @unchecked Sendable {
  /// The end of an exchange: `isUnanswered` if it failed before the server said anything.
  struct Outcome: Sendable {
    let result: Result<HTTPResponse, HTTPClientError>
    var isUnanswered = false
  }

  /// One request on its way, so that a late cancel cannot hit the next one.
  ///
  /// `@unchecked Sendable`: touched on the connection's loop only.
  final class Exchange: @unchecked Sendable {
    fileprivate var isCancelled = false
    fileprivate var completion: ((Outcome) -> Void)?
  }

  let origin: HTTPOrigin
  let loop: EventLoop
  private let stream: ByteStream
  private let pool: HTTPClientPool
  private let idleTimeout: Duration
  private var reader: HTTPResponseReader?
  private var exchange: Exchange?
  private var timer: LoopTimer?
  private var isClosed = false

  init(stream: ByteStream, origin: HTTPOrigin, pool: HTTPClientPool, idleTimeout: Duration) {
    self.stream = stream
    self.origin = origin
    self.pool = pool
    self.idleTimeout = idleTimeout
    loop = stream.loop
  }

  /// Takes the stream over.
  func attach() {
    stream.handler = self
  }

  /// Sends a request; `completion` is called once, on the loop.
  func send(
    _ exchange: Exchange, head: [UInt8], body: [UInt8], reader: HTTPResponseReader,
    deadline: MonotonicTime, completion: @escaping (Outcome) -> Void
  ) {
    timer?.cancel()
    guard !exchange.isCancelled else {
      stream.close(.local)
      completion(Outcome(result: .failure(.cancelled)))
      return
    }
    guard !isClosed, stream.isOpen else {
      completion(Outcome(result: .failure(.closed), isUnanswered: true))
      return
    }
    exchange.completion = completion
    self.exchange = exchange
    self.reader = reader
    timer = loop.schedule(after: deadline - loop.now) { [weak self] in self?.abort(.timedOut) }
    // The body is bounded by whoever made it, and is in memory already.
    stream.limits.maxQueuedBytes = max(stream.limits.maxQueuedBytes, head.count + body.count)
    stream.write(head)
    if !body.isEmpty { stream.write(body) }
  }

  /// Ends `exchange`, whether it runs or is yet to begin.
  func cancel(_ exchange: Exchange) {
    exchange.isCancelled = true
    if self.exchange === exchange { abort(.cancelled) }
  }

  /// Closes the connection; a running exchange ends with the error.
  func abort(_ error: HTTPClientError) {
    finish(Outcome(result: .failure(error)))
    stream.close(.local)
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    guard reader != nil else {
      // Nothing was asked: the answer to a later request must not come from these bytes.
      _ = pool.remove(self)
      stream.close(.local)
      return
    }
    do throws(HTTPParseError) {
      guard let response = try reader?.received(bytes) else { return }
      let isReusable = reader?.keepAlive ?? false
      reader = nil
      timer?.cancel()
      if isReusable, stream.isIdleForWriting, pool.put(self) {
        waitIdle()
      } else {
        stream.close(.local)
      }
      finish(Outcome(result: .success(response)))
    } catch {
      let isTooLarge = error.status == 413
      abort(isTooLarge ? .bodyTooLarge(reader?.bodyBytes ?? 0) : .malformedResponse(error.detail))
    }
  }

  func streamDrained(_ stream: ByteStream) {}

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    isClosed = true
    timer?.cancel()
    _ = pool.remove(self)
    pool.release(origin)
    guard exchange != nil else { return }
    if reason == .endOfFile, let response = reader?.ended() {
      finish(Outcome(result: .success(response)))
    } else {
      finish(Outcome(result: .failure(.closed), isUnanswered: reader?.hasBegun == false))
    }
  }

  private func waitIdle() {
    timer = loop.schedule(after: idleTimeout) { [weak self] in
      guard let self, pool.remove(self) else { return }
      stream.close(.local)
    }
  }

  private func finish(_ outcome: Outcome) {
    reader = nil
    let completion = exchange?.completion
    exchange?.completion = nil
    exchange = nil
    completion?(outcome)
  }
}
