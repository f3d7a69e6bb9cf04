package import AspenCrypto
import CLinux
import Glibc

/// Opens streams to other processes.
package enum Connector {
  /// Connects, and shakes hands if `tls` is given, within `timeout`. The stream belongs to `loop` and
  /// reads nothing until its handler is set; whoever gets it must close it. A cancelled task gets
  /// `.cancelled`.
  package static func connect(
    to address: SocketAddress, tls: (TLSClientContext, serverName: String)? = nil,
    timeout: Duration, on loop: EventLoop
  ) async throws(NetError) -> ByteStream {
    let attempt = ConnectAttempt(address, tls: tls, timeout: timeout, loop: loop)
    let result: Result<ByteStream, NetError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if !loop.execute({ attempt.start(continuation) }) {
          continuation.resume(returning: .failure(.stopped))
        }
      }
    } onCancel: {
      loop.execute { attempt.cancel() }
    }
    return try result.get()
  }
}

/// starting → connecting → (handshaking) → done; a failure or the deadline ends it in each state.
///
/// `@unchecked Sendable`: confined to its loop after init.
private final class ConnectAttempt: ReadinessSource, @unchecked Sendable {
  /// A unix listener with a full backlog refuses at once instead of letting the caller wait.
  private static let retryDelay = Duration.milliseconds(10)

  private let address: SocketAddress
  private let tls: (TLSClientContext, serverName: String)?
  private let timeout: Duration
  private let loop: EventLoop
  private var deadline = MonotonicTime(nanoseconds: 0)
  private var continuation: CheckedContinuation<Result<ByteStream, NetError>, Never>?
  private var isCancelled = false
  /// The connecting socket, or -1.
  private var fd: Int32 = -1
  private var timer: LoopTimer?
  private var retry: LoopTimer?
  private var stream: ByteStream?

  init(
    _ address: SocketAddress, tls: (TLSClientContext, serverName: String)?, timeout: Duration,
    loop: EventLoop
  ) {
    self.address = address
    self.tls = tls
    self.timeout = timeout
    self.loop = loop
  }

  func start(_ continuation: CheckedContinuation<Result<ByteStream, NetError>, Never>) {
    self.continuation = continuation
    if isCancelled {
      finish(.failure(.cancelled))
      return
    }
    deadline = loop.now + timeout
    timer = loop.schedule(after: timeout) { [self] in finish(.failure(.timedOut)) }
    connect()
  }

  func cancel() {
    isCancelled = true
    finish(.failure(.cancelled))
  }

  private func connect() {
    do throws(NetError) {
      let socket = try Socket(for: address)
      let fd = socket.fd
      let code = try address.withSystemAddress { Glibc.connect(fd, $0, $1) == 0 ? 0 : errno }
      switch code {
      case 0:
        try open(socket)
      case EINPROGRESS, EINTR:
        try loop.watch(fd, for: .writable, mode: .edge, source: self)
        self.fd = socket.release()
      case EAGAIN where address.isUnix:
        retry = loop.schedule(after: Self.retryDelay) { [self] in connect() }
      // A unix socket that does not exist has nobody listening either.
      case ENOENT where address.isUnix: throw .connectionRefused
      default: throw NetError(errno: code, call: "connect")
      }
    } catch {
      finish(.failure(error))
    }
  }

  override func ready(_ readiness: Readiness) {
    guard fd >= 0 else { return }
    loop.unwatch(fd)
    let socket = Socket(owning: fd)
    fd = -1
    let code = aspen_socket_error(socket.fd)
    do throws(NetError) {
      guard code == 0 else { throw NetError(errno: code, call: "connect") }
      try open(socket)
    } catch {
      finish(.failure(error))
    }
  }

  private func open(_ socket: consuming Socket) throws(NetError) {
    // A port that nobody listens on can be the one that the system picks for this end.
    if !address.isUnix, Socket.localAddress(of: socket.fd) == Socket.peerAddress(of: socket.fd) {
      throw .connectionRefused
    }
    guard let (context, serverName) = tls else {
      finish(.success(try ByteStream(socket, peer: address, loop: loop)))
      return
    }
    let session: TLSSession
    do throws(CryptoError) {
      session = try TLSSession(
        client: context, serverName: serverName, output: loop.scratch.tls.output)
    } catch {
      throw .tls(error)
    }
    stream = try ByteStream(
      socket, peer: address, loop: loop, session: session, handshakeTimeout: deadline - loop.now
    ) { [self] error in
      guard let stream else { return }
      self.stream = nil
      finish(error.map { .failure($0) } ?? .success(stream))
    }
  }

  override func loopStopped() { finish(.failure(.stopped)) }

  private func finish(_ result: Result<ByteStream, NetError>) {
    timer?.cancel()
    retry?.cancel()
    timer = nil
    retry = nil
    if fd >= 0 {
      loop.unwatch(fd)
      close(fd)
      fd = -1
    }
    let halfOpen = stream
    stream = nil
    halfOpen?.close(.local)
    continuation?.resume(returning: result)
    continuation = nil
  }
}
