import AspenNet
import Logging

/// The shell around `HTTPConnectionState`: a stream, a handler's task, and deadlines.
///
/// `@unchecked Sendable`: touched on its loop only.
final class HTTPConnection: ByteStreamHandler, @unchecked Sendable {
  /// The place in the shard's list, which the shard keeps.
  var index = 0

  private struct Exchange {
    let requestID: String
    let isHead: Bool
    let minorVersion: Int
    let keepAlive: Bool
  }

  private let stream: ByteStream
  private let shard: HTTPServerShard
  private var slot: HTTPConnectionSlot?
  private var state: HTTPConnectionState
  private var waiting = HTTPConnectionState.Waiting.nothing
  private var deadline: MonotonicTime
  private var task: Task<Void, Never>?
  private var exchange: Exchange?
  /// Tells the answer of the present handler from that of one which was cancelled.
  private var exchangeNumber = 0
  private var isReadingPaused = false
  private var waitsForDrain = false
  private var isClosing = false

  init(stream: ByteStream, shard: HTTPServerShard, slot: HTTPConnectionSlot) {
    self.stream = stream
    self.shard = shard
    self.slot = slot
    state = HTTPConnectionState(
      limits: shard.configuration.head, bodyBytes: shard.configuration.bodyBytes)
    deadline = stream.loop.now + shard.configuration.headTimeout
    waiting = .firstByte
  }

  func start() {
    stream.handler = self
    shard.add(self)
  }

  // MARK: Stream

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    guard !isClosing else { return }
    perform(state.received(bytes))
  }

  func streamDrained(_ stream: ByteStream) {
    guard waitsForDrain, !isClosing else { return }
    waitsForDrain = false
    if shard.isDraining { close() } else { perform(state.responded()) }
  }

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    isClosing = true
    endExchange()
    state.close()
    leave()
  }

  // MARK: Shard

  func checkDeadlines(_ now: MonotonicTime) {
    if stream.queuedBytes > 0, now - stream.lastProgress > shard.configuration.writeTimeout {
      shard.log.debug("http slow reader closed", metadata: ["peer": "\(stream.peer)"])
      abort(.timeout)
      return
    }
    guard !isClosing, !waitsForDrain, now >= deadline else { return }
    if exchange != nil {
      let answered = exchange
      endExchange()
      exchange = answered
      shard.log.warning("http handler timed out", metadata: ["request": "\(id)"])
      respond(.problem(status: 503, detail: "The answer took too long."), closing: true)
      return
    }
    switch state.waiting {
    case .firstByte: close()
    case .head: reject(HTTPParseError(status: 408, "The head took too long to arrive."))
    case .body: reject(HTTPParseError(status: 408, "The body took too long to arrive."))
    case .nothing: break
    }
  }

  /// Closes when idle, else after the response.
  func drain() {
    if !isClosing, exchange == nil, !waitsForDrain, state.waiting == .firstByte { close() }
  }

  func abort(_ reason: StreamClosed) {
    stream.close(reason)
  }

  // MARK: Exchange

  private var id: String { exchange?.requestID ?? "" }

  private func perform(_ action: HTTPConnectionState.Action) {
    switch action {
    case .wait: break
    case .sendContinue: stream.write(HTTPResponseEncoder.continueBytes)
    case .handle(let head, let body): handle(head, body)
    case .reject(let error):
      reject(error)
      return
    }
    updateReading()
    updateDeadline()
  }

  private func handle(_ head: HTTPRequestHead, _ body: [UInt8]) {
    exchangeNumber += 1
    let number = exchangeNumber
    let request = HTTPRequest(
      head: head, body: body, peer: stream.peer, isTLS: stream.isTLS, id: shard.nextRequestID(),
      slot: slot)
    exchange = Exchange(
      requestID: request.id, isHead: head.method == "HEAD", minorVersion: head.minorVersion,
      keepAlive: head.keepAlive)
    waiting = .nothing
    deadline = stream.loop.now + shard.configuration.handlerTimeout
    let handler = shard.handler
    task = stream.loop.runTask { [self] in
      let response = await handler(request)
      finish(number, response)
    }
  }

  private func finish(_ number: Int, _ response: HTTPResponse) {
    guard number == exchangeNumber, exchange != nil, !isClosing else { return }
    task = nil
    respond(response, closing: false)
  }

  private func respond(_ response: HTTPResponse, closing: Bool) {
    guard let exchange else { return }
    self.exchange = nil
    var response = response
    // The head is all that HEAD asks for, and nobody may take the stream then.
    let isTakenOver = response.upgrade != nil
    if exchange.isHead { response.upgrade = nil }
    let keepAlive = exchange.keepAlive && !closing && !isTakenOver && !shard.isDraining
    let (head, rest) = HTTPResponseEncoder.encode(
      response,
      .init(
        requestID: exchange.requestID, dateLine: shard.dateLine, keepAlive: keepAlive,
        isHead: exchange.isHead, minorVersion: exchange.minorVersion))
    stream.write(head)
    if !rest.isEmpty { stream.write(rest) }
    if let upgrade = response.upgrade {
      leaveTo(upgrade)
    } else if !keepAlive {
      close()
    } else if stream.queuedBytes > stream.limits.highWaterBytes {
      waitsForDrain = true
    } else {
      perform(state.responded())
    }
  }

  private func reject(_ error: HTTPParseError) {
    shard.log.debug(
      "http request refused",
      metadata: [
        "peer": "\(stream.peer)", "status": "\(error.status)", "detail": "\(error.detail)",
      ])
    state.close()
    exchange = Exchange(
      requestID: shard.nextRequestID(), isHead: false, minorVersion: 1, keepAlive: false)
    respond(.problem(status: error.status, detail: error.detail), closing: true)
  }

  private func leaveTo(_ upgrade: @Sendable (HTTPUpgrade) -> Void) {
    let pending = state.upgrade()
    isClosing = true
    stream.handler = nil
    let taken = HTTPUpgrade(stream: stream, pending: pending, slot: slot)
    leave()
    upgrade(taken)
    if isReadingPaused { stream.resumeReading() }
  }

  private func close() {
    isClosing = true
    state.close()
    stream.closeAfterFlush(deadline: shard.configuration.writeTimeout)
  }

  private func endExchange() {
    task?.cancel()
    task = nil
    exchange = nil
    exchangeNumber += 1
  }

  private func leave() {
    slot = nil
    shard.remove(self)
  }

  // MARK: Back-pressure and deadlines

  private func updateReading() {
    let wanted = state.holdsEnough
    guard wanted != isReadingPaused else { return }
    isReadingPaused = wanted
    if wanted { stream.pauseReading() } else { stream.resumeReading() }
  }

  private func updateDeadline() {
    guard exchange == nil, state.waiting != waiting else { return }
    waiting = state.waiting
    let timeout: Duration =
      switch waiting {
      case .firstByte: shard.configuration.idleTimeout
      case .head: shard.configuration.headTimeout
      case .body, .nothing: shard.configuration.bodyTimeout
      }
    deadline = stream.loop.now + timeout
  }
}
