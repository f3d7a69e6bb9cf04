import AspenCrypto
package import AspenNet

/// An open WebSocket.
///
/// ```
/// unstarted ─ open ─┬─ closing ─ closed     (this side sent close and waits for the peer's)
///                   └─ closed               (the peer closed, broke the rules, or vanished)
/// ```
/// Closed means that `onClose` was called; the stream may still send its last bytes.
///
/// `@unchecked Sendable`: confined to `loop`, except `loop`, `peer` and `subprotocol`, which never
/// change. Callbacks come on the loop.
package final class WebSocketConnection: ByteStreamHandler, @unchecked Sendable {
  private enum Phase { case unstarted, open, closing, closed }

  /// The loop that all other members belong to.
  package let loop: EventLoop
  /// The other end.
  package let peer: SocketAddress
  /// What the handshake agreed on.
  package let subprotocol: String?

  /// A text message arrived.
  package var onText: ((String) -> Void)?
  /// A binary message arrived.
  package var onBinary: (([UInt8]) -> Void)?
  /// The connection is over; exactly once. 1005: closed without a code, 1006: broken off.
  package var onClose: ((_ code: UInt16, _ reason: String) -> Void)?
  /// The write queue has fallen to the low-water mark after having been above the high one.
  package var onDrain: (() -> Void)?

  private let stream: ByteStream
  private let role: WebSocketRole
  private let configuration: WebSocketConfiguration
  /// What keeps the connection counted in the HTTP server.
  private var slot: AnyObject?
  private var phase = Phase.unstarted
  private var decoder: WebSocketDecoder
  private var pending: [UInt8]
  private var masks = WebSocketMaskKeys()
  private var lastReceived: MonotonicTime
  private var pingSent: MonotonicTime?
  private var heartbeat: LoopTimer?

  /// Takes over a stream whose handshake is done; `pending` is what arrived behind it.
  init(
    stream: ByteStream, role: WebSocketRole, subprotocol: String?, pending: [UInt8],
    configuration: WebSocketConfiguration, slot: AnyObject? = nil
  ) {
    self.stream = stream
    self.role = role
    self.subprotocol = subprotocol
    self.pending = pending
    self.configuration = configuration
    self.slot = slot
    loop = stream.loop
    peer = stream.peer
    lastReceived = stream.loop.now
    decoder = WebSocketDecoder(role: role, maxMessageBytes: configuration.maxMessageBytes)
    stream.limits.maxQueuedBytes = configuration.maxQueuedBytes
    // Without a handler the stream reads nothing and keeps even its end for `start`.
    stream.handler = nil
  }

  /// Begins to read. Set the callbacks before; nothing that arrived earlier is lost.
  package func start() {
    guard phase == .unstarted else { return }
    phase = .open
    lastReceived = loop.now
    scheduleHeartbeat()
    let early = pending
    pending = []
    receive(early.span)
    stream.handler = self
  }

  // MARK: Sending

  /// Sends a text message; ignored once the connection closes.
  package func send(text: String) {
    send(.text, Array(text.utf8)[...])
  }

  /// Sends a text message that is encoded already, in valid UTF-8; a server shares the bytes with the
  /// caller.
  package func send(textBytes: ArraySlice<UInt8>) {
    send(.text, textBytes)
  }

  /// Sends a binary message; ignored once the connection closes. A server shares the bytes with the
  /// caller, a client masks a copy.
  package func send(binary: ArraySlice<UInt8>) {
    send(.binary, binary)
  }

  /// Sends a binary message, as above.
  package func send(binary: [UInt8]) {
    send(.binary, binary[...])
  }

  /// Whether everything sent has been handed to the kernel.
  package var isIdleForWriting: Bool { stream.isIdleForWriting }

  /// Bytes that the kernel has not taken yet.
  package var queuedBytes: Int { stream.queuedBytes }

  /// When the peer last took bytes; see `ByteStream.lastProgress`.
  package var lastProgress: MonotonicTime { stream.lastProgress }

  /// The bounds of the write queue; `onDrain` follows its marks.
  package var writeLimits: ByteStreamLimits {
    get { stream.limits }
    set { stream.limits = newValue }
  }

  /// Whether messages can be sent.
  package var isOpen: Bool { (phase == .open || phase == .unstarted) && stream.isOpen }

  /// Sends what is queued now instead of when the loop's turn ends.
  package func flush() { stream.flush() }

  /// Reads no more until `resumeReading`; a paused peer counts as silent, so not for long.
  package func pauseReading() { stream.pauseReading() }

  /// Reads again.
  package func resumeReading() { stream.resumeReading() }

  /// Starts the close handshake. `onClose` follows when the peer has answered or its time is up.
  /// `code` is one that may be sent: 1000 to 1003, 1007 to 1014, 3000 to 4999.
  package func close(code: UInt16 = 1000, reason: String = "") {
    precondition(WebSocketDecoder.isSendable(code), "\(code) must not be sent")
    guard phase == .open || phase == .unstarted else { return }
    if phase == .unstarted { start() }
    guard phase == .open else { return }
    sendControl(.close, WebSocketEncoder.closePayload(code: code, reason: reason))
    phase = .closing
    heartbeat?.cancel()
    heartbeat = loop.schedule(after: configuration.closeTimeout) { [weak self] in
      self?.stream.close(.timeout)
    }
  }

  /// Breaks the connection off; `onClose` gets 1006.
  package func abort() {
    if phase == .unstarted {
      phase = .open
      stream.handler = self
    }
    stream.close(.local)
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: ArraySlice<UInt8>) {
    guard phase == .open || phase == .unstarted else { return }
    switch role {
    case .server:
      stream.write(WebSocketEncoder.head(opcode, payloadBytes: payload.count))
      stream.write(payload)
    case .client: stream.write(WebSocketEncoder.frame(opcode, payload, mask: masks.next()))
    }
  }

  private func sendControl(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
    let mask = role == .client ? masks.next() : nil
    stream.write(WebSocketEncoder.frame(opcode, payload[...], mask: mask))
  }

  // MARK: Receiving

  /// The stream's bytes.
  package func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    lastReceived = loop.now
    pingSent = nil
    receive(bytes)
  }

  private func receive(_ bytes: Span<UInt8>) {
    var position = 0
    do throws(WebSocketProtocolError) {
      while phase == .open || phase == .closing, let event = try decoder.next(bytes, &position) {
        handle(event)
      }
    } catch {
      fail(error)
    }
  }

  private func handle(_ event: WebSocketEvent) {
    switch event {
    case .ping(let payload) where phase == .open: sendControl(.pong, payload)
    case .text(let text) where phase == .open: onText?(text)
    case .binary(let bytes) where phase == .open: onBinary?(bytes)
    case .close(let code, let reason):
      if phase == .open {
        sendControl(.close, code.map { WebSocketEncoder.closePayload(code: $0, reason: "") } ?? [])
      }
      end(code ?? 1005, reason)
    default: break
    }
  }

  private func fail(_ error: WebSocketProtocolError) {
    if phase == .open {
      sendControl(
        .close, WebSocketEncoder.closePayload(code: error.code, reason: error.description))
    }
    end(error.code, error.description)
  }

  /// The close frames were exchanged, or the peer deserves no more: the stream ends in order.
  private func end(_ code: UInt16, _ reason: String) {
    stream.closeAfterFlush(deadline: configuration.closeTimeout)
    report(code, reason)
  }

  /// The stream's queue has fallen.
  package func streamDrained(_ stream: ByteStream) {
    onDrain?()
  }

  /// The stream's end.
  package func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    slot = nil
    report(1006, reason.description)
  }

  private func report(_ code: UInt16, _ reason: String) {
    guard phase != .closed else { return }
    phase = .closed
    heartbeat?.cancel()
    heartbeat = nil
    let callback = onClose
    // The callbacks usually hold the connection.
    onText = nil
    onBinary = nil
    onClose = nil
    onDrain = nil
    callback?(code, reason)
  }

  // MARK: Heartbeat

  private func scheduleHeartbeat() {
    let shortest = min(
      configuration.pingInterval, configuration.pingTimeout, configuration.writeTimeout)
    heartbeat = loop.schedule(after: max(.milliseconds(5), shortest / 2)) { [weak self] in
      self?.beat()
    }
  }

  private func beat() {
    guard phase == .open else { return }
    let now = loop.now
    if !stream.isIdleForWriting, now - stream.lastProgress > configuration.writeTimeout {
      stream.close(.timeout)
      return
    }
    if let pingSent {
      if now - pingSent >= configuration.pingTimeout {
        stream.close(.timeout)
        return
      }
    } else if now - lastReceived >= configuration.pingInterval {
      sendControl(.ping, [])
      pingSent = now
    }
    scheduleHeartbeat()
  }
}

/// Masking keys that a peer cannot foresee (RFC 6455 5.3), drawn many at a time.
private struct WebSocketMaskKeys {
  private static let batch = 64

  private var random: [UInt8] = []
  private var position = 0

  mutating func next() -> UInt32 {
    if position == random.count {
      random = RandomBytes.generate(4 * Self.batch)
      position = 0
    }
    defer { position += 4 }
    return random[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
