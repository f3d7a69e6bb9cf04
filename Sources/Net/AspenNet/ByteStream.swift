import AspenCrypto
import CLinux
import Glibc

/// One connected stream socket, plain or TLS, that belongs to a loop.
///
/// Registered once, edge-triggered. Writes are queued and sent together when the turn ends. The loop owns
/// an open stream; after `streamClosed` nothing of this module holds it.
///
///     handshaking → open → finishing → lingering → closed
///                └──────────┴─────┬──────┴────────────┘
///
/// While `handler` is nil nothing is read, so nothing is lost before it is set. A peer that ends its
/// side ends the stream: what is queued then is offered to the socket once.
///
/// `@unchecked Sendable`: confined to `loop`, which every entry checks; only `loop`, `peer` and
/// `local`, which never change, may be read elsewhere.
package final class ByteStream: ReadinessSource, @unchecked Sendable {
  private enum Phase { case handshaking, open, finishing, lingering, closed }

  private enum Limits {
    /// Reads of 64 KiB before other streams get their chance.
    static let readsPerTurn = 16
  }

  /// The loop that all other members belong to.
  package let loop: EventLoop
  /// The other end.
  package let peer: SocketAddress
  /// This end.
  package let local: SocketAddress
  /// Who gets the stream's bytes and end. Kept until the stream is closed.
  package var handler: (any ByteStreamHandler)? {
    didSet {
      guard handler != nil else { return }
      if phase == .closed || readPending { requestEndOfTurn() }
    }
  }
  /// The bounds of the write queue.
  package var limits = ByteStreamLimits()
  /// When the socket last took bytes, or when bytes were first queued after it had taken all. A peer is
  /// stalled if this lies far back while `isIdleForWriting` is false.
  package private(set) var lastProgress: MonotonicTime

  private let fd: Int32
  private let tls: TLSChannel?
  private var phase: Phase
  private var closeReason: StreamClosed?
  private var onHandshake: ((NetError?) -> Void)?
  private var timer: LoopTimer?
  private var queue = WriteQueue()
  private var isWritable = true
  private var sendFailure: NetError?
  private var isAboveHighWater = false
  private var isPaused = false
  /// The socket or the session may hold bytes that were not read.
  private var readPending = false
  /// The peer ended its side: read up to the end, since no further edge will come.
  private var peerEnded = false
  private var isEndOfTurnRequested = false

  /// A plain stream on a connected socket. Loop thread only.
  init(_ socket: consuming Socket, peer: SocketAddress, loop: EventLoop) throws(NetError) {
    loop.preconditionInLoop()
    self.loop = loop
    self.peer = peer
    local = Socket.localAddress(of: socket.fd) ?? peer
    tls = nil
    phase = .open
    lastProgress = loop.now
    fd = socket.fd
    super.init()
    try loop.watch(fd, for: Self.everything, mode: .edge, source: self)
    _ = socket.release()
  }

  /// A TLS stream whose handshake starts now; `onHandshake` is called once, with the failure or nil. Loop
  /// thread only.
  init(
    _ socket: consuming Socket, peer: SocketAddress, loop: EventLoop, session: TLSSession,
    handshakeTimeout: Duration, onHandshake: @escaping (NetError?) -> Void
  ) throws(NetError) {
    loop.preconditionInLoop()
    self.loop = loop
    self.peer = peer
    local = Socket.localAddress(of: socket.fd) ?? peer
    tls = TLSChannel(session, scratch: loop.scratch.tls)
    phase = .handshaking
    lastProgress = loop.now
    self.onHandshake = onHandshake
    fd = socket.fd
    super.init()
    try loop.watch(fd, for: Self.everything, mode: .edge, source: self)
    _ = socket.release()
    timer = loop.schedule(after: handshakeTimeout) { [unowned self] in close(.timeout) }
    // A client's hello goes out now; a server waits for it.
    loop.execute { [self] in if phase == .handshaking { continueHandshake() } }
  }

  private static let everything: Readiness = [.readable, .writable, .peerEnded]

  /// Whether the stream is encrypted.
  package var isTLS: Bool { tls != nil }

  /// The protocol that ALPN chose, or nil.
  package var negotiatedProtocol: String? { tls?.session.negotiatedProtocol }

  /// `TLSv1.2`, `TLSv1.3`, or nil for a plain stream.
  package var tlsVersion: String? { tls?.session.version }

  /// Whether the stream still takes writes.
  package var isOpen: Bool { phase == .open || phase == .handshaking }

  /// Bytes that the socket has not taken yet.
  package var queuedBytes: Int { queue.byteCount + (tls?.backlogCount ?? 0) }

  /// Whether everything written has been handed to the kernel.
  package var isIdleForWriting: Bool { queuedBytes == 0 }

  // MARK: Writing

  /// Queues the bytes, to be sent when the turn ends. They are shared, not copied. Ignored once the
  /// stream is closed or closing.
  package func write(_ bytes: [UInt8]) { write(bytes[...]) }

  /// Queues the bytes, as above.
  package func write(_ bytes: ArraySlice<UInt8>) {
    loop.preconditionInLoop()
    guard isOpen, !bytes.isEmpty else { return }
    if isIdleForWriting { lastProgress = loop.now }
    queue.append(bytes)
    if queuedBytes > limits.maxQueuedBytes {
      close(.error(.queueFull))
      return
    }
    if queuedBytes > limits.highWaterBytes { isAboveHighWater = true }
    if isWritable { requestEndOfTurn() }
  }

  /// Sends what is queued now instead of when the turn ends.
  package func flush() {
    loop.preconditionInLoop()
    guard phase != .closed, isWritable else { return }
    var progress = false
    let result = send(&progress)
    if progress { lastProgress = loop.now }
    switch result {
    case .drained:
      if phase == .finishing { finishSending() }
    case .blocked: isWritable = false
    case .failed(let error):
      sendFailure = error
      isWritable = false
      requestEndOfTurn()
    }
    if isAboveHighWater, queuedBytes <= limits.lowWaterBytes { requestEndOfTurn() }
  }

  /// A peer that stopped reading may have said why: what arrived is delivered before the failure.
  private func failAfterReading(_ error: NetError) {
    peerEnded = true
    if mayRead { read() }
    if phase != .closed { fail(error) }
  }

  private func send(_ progress: inout Bool) -> SendResult {
    if let tls { return tls.send(&queue, to: fd, progress: &progress) }
    while !queue.isEmpty {
      let count = queue.send(to: fd)
      if count >= 0 {
        progress = true
        queue.consume(count)
        continue
      }
      switch errno {
      case EAGAIN: return .blocked
      case EINTR: continue
      case let code: return .failed(NetError(errno: code, call: "send"))
      }
    }
    return .drained
  }

  // MARK: Closing

  /// Sends what is queued, then ends the stream in order: the peer sees the end, what it still sends is
  /// dropped, and the stream closes with `.local` when the peer ends too, at the latest at `deadline`.
  /// If the queue is not empty by then the reason is `.timeout`. Closing at once instead would make the
  /// system send a reset that can destroy the peer's copy of the last bytes.
  package func closeAfterFlush(deadline: Duration) {
    loop.preconditionInLoop()
    guard phase == .open else {
      if phase == .handshaking { close(.local) }
      return
    }
    phase = .finishing
    isPaused = false
    timer = loop.schedule(after: deadline) { [unowned self] in
      close(phase == .lingering ? .local : .timeout)
    }
    requestEndOfTurn()
  }

  /// Closes the socket now and drops what is queued. The handler is told when the turn ends, never
  /// within this call. Does nothing on a closed stream.
  package func close(_ reason: StreamClosed) {
    loop.preconditionInLoop()
    guard phase != .closed else { return }
    if let tls, reason == .local || reason == .endOfFile, phase == .open, tls.backlogCount == 0 {
      var progress = false
      tls.session.close()
      _ = tls.sendOutput(to: fd, progress: &progress)
    }
    phase = .closed
    closeReason = reason
    timer?.cancel()
    timer = nil
    loop.unwatch(fd)
    Glibc.close(fd)
    queue.removeAll()
    requestEndOfTurn()
  }

  private func fail(_ error: NetError) {
    close(error == .connectionReset ? .reset : error == .timedOut ? .timeout : .error(error))
  }

  /// The queue is sent: end this side.
  private func finishSending() {
    if let tls {
      var progress = false
      tls.session.close()
      _ = tls.sendOutput(to: fd, progress: &progress)
    }
    phase = .lingering
    shutdown(fd, Int32(SHUT_WR))
    read()
  }

  private func deliverClose() {
    guard let reason = closeReason else { return }
    if let callback = onHandshake {
      onHandshake = nil
      closeReason = nil
      callback(reason.asError)
    } else if let handler {
      closeReason = nil
      self.handler = nil
      handler.streamClosed(self, reason)
    }
  }

  // MARK: Reading

  /// Reads no more until `resumeReading`, so that the peer is slowed down.
  package func pauseReading() {
    loop.preconditionInLoop()
    if isOpen { isPaused = true }
  }

  /// Reads again, from the end of this turn on.
  package func resumeReading() {
    loop.preconditionInLoop()
    guard isPaused else { return }
    isPaused = false
    if readPending { requestEndOfTurn() }
  }

  private var mayRead: Bool {
    switch phase {
    case .open: !isPaused && handler != nil
    case .handshaking, .finishing, .lingering: true
    case .closed: false
    }
  }

  private func read() {
    readPending = true
    if let tls, phase != .handshaking, mayRead, tls.session.hasPendingInput {
      decrypt(UnsafeRawBufferPointer(start: nil, count: 0), tls)
    }
    let buffer = loop.scratch.incoming
    for _ in 0..<Limits.readsPerTurn {
      guard mayRead else { return }
      let count = recv(fd, buffer.baseAddress, buffer.count, 0)
      if count > 0 {
        receive(UnsafeBufferPointer(rebasing: buffer[..<count]))
        // On a stream a short read has emptied the socket; the next bytes bring a new edge.
        if count < buffer.count, !peerEnded {
          if mayRead { readPending = false }
          return
        }
      } else if count == 0 {
        receiveEnd()
        return
      } else if errno == EAGAIN {
        readPending = false
        return
      } else if errno != EINTR {
        fail(NetError(errno: errno, call: "recv"))
        return
      }
    }
    requestEndOfTurn()
  }

  private func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let tls {
      decrypt(UnsafeRawBufferPointer(bytes), tls)
    } else {
      deliver(bytes)
    }
  }

  private func deliver(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard phase == .open, let handler else { return }
    handler.streamReceived(self, bytes.span)
  }

  /// TCP's end. On TLS the session's end came before it, or the peer broke off.
  private func receiveEnd() {
    peerEnded = true
    switch phase {
    case .handshaking: fail(.connectionReset)
    case .open where isTLS: close(.reset)
    case .open: endByPeer()
    case .finishing: shutDownWhenSent()
    case .lingering: close(.local)
    case .closed: break
    }
  }

  private func endByPeer() {
    var progress = false
    _ = send(&progress)
    close(.endOfFile)
  }

  /// The peer reads no end any more after its own, but may still take what is queued.
  private func shutDownWhenSent() {
    readPending = false
    if isIdleForWriting { close(.local) }
  }

  private func decrypt(_ ciphertext: UnsafeRawBufferPointer, _ tls: TLSChannel) {
    tls.session.withInput(ciphertext) {
      if phase == .handshaking { continueHandshake() }
      let buffer = tls.scratch.plaintext
      while phase != .handshaking, mayRead {
        let result: TLSRead
        do throws(CryptoError) {
          result = try tls.session.read(into: UnsafeMutableRawBufferPointer(buffer))
        } catch {
          sendOutput(tls)
          fail(.tls(error))
          return
        }
        // Before the handler is called: it may use the shared output for another stream.
        sendOutput(tls)
        switch result {
        case .plaintext(let count): deliver(UnsafeBufferPointer(rebasing: buffer[..<count]))
        case .needsInput: return
        case .closed:
          if phase == .open { endByPeer() } else { receiveEnd() }
          return
        }
      }
    }
  }

  private func continueHandshake() {
    guard let tls else { return }
    do throws(CryptoError) {
      let isDone = try tls.session.handshake()
      sendOutput(tls)
      guard isDone, phase == .handshaking else { return }
    } catch {
      sendOutput(tls)
      fail(.tls(error))
      return
    }
    phase = .open
    timer?.cancel()
    timer = nil
    if !queue.isEmpty { requestEndOfTurn() }
    let callback = onHandshake
    onHandshake = nil
    callback?(nil)
  }

  /// Sends what the protocol itself had to say.
  private func sendOutput(_ tls: TLSChannel) {
    guard phase != .closed else { return }
    var progress = false
    switch tls.sendOutput(to: fd, progress: &progress) {
    case .drained: break
    case .blocked: isWritable = false
    case .failed(let error): fail(error)
    }
  }

  // MARK: The loop's calls

  package override func ready(_ readiness: Readiness) {
    if readiness.contains(.failed) {
      // Reading takes the socket's error, after the bytes that came before it.
      peerEnded = true
      if mayRead { read() }
      guard phase != .closed else { return }
      let code = aspen_socket_error(fd)
      if code != 0 { fail(NetError(errno: code, call: "socket")) }
      return
    }
    if readiness.contains(.writable), !isWritable {
      isWritable = true
      requestEndOfTurn()
    }
    if !readiness.isDisjoint(with: [.peerEnded, .hungUp]) { peerEnded = true }
    if !readiness.isDisjoint(with: [.readable, .peerEnded, .hungUp]) { read() }
  }

  package override func turnEnded() {
    isEndOfTurnRequested = false
    if phase != .closed, readPending, mayRead { read() }
    flush()
    if let sendFailure, phase != .closed { failAfterReading(sendFailure) }
    if phase == .closed {
      deliverClose()
      return
    }
    if isAboveHighWater, queuedBytes <= limits.lowWaterBytes {
      isAboveHighWater = false
      handler?.streamDrained(self)
    }
  }

  package override func loopStopped() { close(.local) }

  private func requestEndOfTurn() {
    guard !isEndOfTurnRequested else { return }
    isEndOfTurnRequested = true
    loop.notifyAtEndOfTurn(self)
  }
}

extension StreamClosed {
  /// The reason as the failure of whatever waited for the stream.
  var asError: NetError {
    switch self {
    case .endOfFile, .reset: .connectionReset
    case .error(let error): error
    case .local: .stopped
    case .timeout: .timedOut
    }
  }
}
