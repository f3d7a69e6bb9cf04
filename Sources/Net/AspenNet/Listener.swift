package import AspenCrypto
import AspenTelemetry
import CLinux
import Glibc
package import Logging
import Synchronization

/// A listening socket that deals its connections to loops in turn.
///
/// When the process is out of descriptors it leaves connections in the backlog and tries again after
/// 100 ms; it never ends by itself. TLS streams are handed over after their handshake, which has 10 s;
/// beyond 1024 handshakes at a time new connections are closed, so that strangers cannot take all
/// descriptors with hellos they never send.
package final class Listener: Sendable {
  /// Where it listens, with the real port.
  package let address: SocketAddress
  private let acceptor: Acceptor

  /// Binds and listens. `onAccept` is called on the loop that owns the stream. A unix socket file that
  /// nobody listens on is replaced.
  package init(
    address: SocketAddress, loops: [EventLoop], tls: TLSServerContext? = nil, backlog: Int = 1_024,
    log: Logger = Log.silent, onAccept: @escaping @Sendable (ByteStream) -> Void
  ) throws(NetError) {
    precondition(!loops.isEmpty, "a listener needs a loop")
    let socket = try ListeningSocket.open(at: address, backlog: backlog)
    self.address = Socket.localAddress(of: socket.fd) ?? address
    acceptor = Acceptor(
      socket, address: self.address, loops: loops, tls: tls, log: log, onAccept: onAccept)
    let acceptor = acceptor
    guard acceptor.loop.execute({ acceptor.start() }) else {
      acceptor.discard()
      throw .stopped
    }
  }

  /// Stops listening and removes the file of a unix socket. Streams stay open. Any thread; off the
  /// listener's loop it returns before the socket is closed.
  package func close() {
    let acceptor = acceptor
    if acceptor.loop.inLoop {
      acceptor.close()
    } else {
      acceptor.loop.execute { acceptor.close() }
    }
  }
}

/// The listener's source on its first loop.
///
/// `@unchecked Sendable`: confined to that loop; `handshakes` is atomic, the rest that other loops read
/// never changes.
private final class Acceptor: ReadinessSource, @unchecked Sendable {
  private enum Limits {
    static let acceptsPerTurn = 64
    static let handshakes = 1_024
    static let handshakeTimeout = Duration.seconds(10)
    static let pause = Duration.milliseconds(100)
  }

  let loop: EventLoop
  private let address: SocketAddress
  private let loops: [EventLoop]
  private let tls: TLSServerContext?
  private let log: Logger
  private let onAccept: @Sendable (ByteStream) -> Void
  private let handshakes = Atomic<Int>(0)
  private let file: UnixSocketFile?
  private var fd: Int32
  private var turn = 0
  private var isPaused = false

  init(
    _ socket: consuming Socket, address: SocketAddress, loops: [EventLoop],
    tls: TLSServerContext?, log: Logger, onAccept: @escaping @Sendable (ByteStream) -> Void
  ) {
    loop = loops[0]
    self.address = address
    self.loops = loops
    self.tls = tls
    self.log = log
    self.onAccept = onAccept
    file = UnixSocketFile(address)
    fd = socket.release()
  }

  func start() {
    guard fd >= 0 else { return }
    do throws(NetError) {
      try loop.watch(fd, for: .readable, mode: .level, source: self)
    } catch {
      log.error("listener failed", metadata: ["address": "\(address)", "error": "\(error)"])
      discard()
    }
  }

  func close() {
    guard fd >= 0 else { return }
    loop.unwatch(fd)
    discard()
  }

  func discard() {
    guard fd >= 0 else { return }
    file?.remove()
    Glibc.close(fd)
    fd = -1
  }

  override func loopStopped() { close() }

  override func ready(_ readiness: Readiness) {
    for _ in 0..<Limits.acceptsPerTurn where fd >= 0 {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let accepted = aspen_accept(fd, &storage, &length)
      guard accepted < 0 else {
        isPaused = false
        let peer = withUnsafePointer(to: &storage) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            SocketAddress($0, length: length)
          }
        }
        deal(accepted, peer: peer ?? address)
        continue
      }
      switch errno {
      case EAGAIN: return
      // The connection ended in the backlog, or brought its network's error with it (accept(2)).
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
        EOPNOTSUPP, ENETUNREACH, EPERM:
        continue
      case let code:
        pause(NetError(errno: code, call: "accept"))
        return
      }
    }
  }

  private func pause(_ error: NetError) {
    if !isPaused {
      isPaused = true
      log.warning("accept paused", metadata: ["address": "\(address)", "error": "\(error)"])
    }
    loop.rearm(fd, for: [])
    loop.schedule(after: Limits.pause) { [weak self] in
      guard let self, fd >= 0 else { return }
      loop.rearm(fd, for: .readable)
    }
  }

  private func deal(_ accepted: Int32, peer: SocketAddress) {
    let target = loops[turn % loops.count]
    turn += 1
    if target === loop {
      open(accepted, peer: peer, on: target)
    } else if !target.execute({ [self] in open(accepted, peer: peer, on: target) }) {
      Glibc.close(accepted)
    }
  }

  private func open(_ accepted: Int32, peer: SocketAddress, on loop: EventLoop) {
    let socket = Socket(owning: accepted)
    if !peer.isUnix { _ = aspen_set_no_delay(accepted) }
    do throws(NetError) {
      if let tls {
        try openTLS(socket, tls, peer: peer, on: loop)
      } else {
        onAccept(try ByteStream(socket, peer: peer, loop: loop))
      }
    } catch {
      log.warning("connection refused", metadata: ["peer": "\(peer)", "error": "\(error)"])
    }
  }

  private func openTLS(
    _ socket: consuming Socket, _ tls: TLSServerContext, peer: SocketAddress, on loop: EventLoop
  ) throws(NetError) {
    guard handshakes.load(ordering: .relaxed) < Limits.handshakes else { throw .queueFull }
    let session: TLSSession
    do throws(CryptoError) {
      session = try TLSSession(server: tls, output: loop.scratch.tls.output)
    } catch {
      throw .tls(error)
    }
    let opening = OpeningStream()
    opening.stream = try ByteStream(
      socket, peer: peer, loop: loop, session: session,
      handshakeTimeout: Limits.handshakeTimeout
    ) { [self] error in
      handshakes.wrappingSubtract(1, ordering: .relaxed)
      let stream = opening.stream
      opening.stream = nil
      if let error {
        log.debug("handshake failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
      } else if let stream {
        onAccept(stream)
      }
    }
    handshakes.wrappingAdd(1, ordering: .relaxed)
  }
}

/// Holds a stream for the callback of its own handshake.
private final class OpeningStream {
  var stream: ByteStream?
}
