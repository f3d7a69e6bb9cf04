import AspenCrypto
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Logging
import Synchronization

/// A handler that records what its stream says.
///
/// `@unchecked Sendable`: its state is behind a lock, its closures are set before it is used.
final class Recorder: ByteStreamHandler, @unchecked Sendable {
  struct State: Sendable {
    var bytes: [UInt8] = []
    var drains = 0
    var closes: [StreamClosed] = []
  }

  private let state = Mutex(State())
  /// Called on the loop with each piece that arrives.
  var onBytes: ((ByteStream, [UInt8]) -> Void)?

  init(onBytes: ((ByteStream, [UInt8]) -> Void)? = nil) { self.onBytes = onBytes }

  var bytes: [UInt8] { state.withLock { $0.bytes } }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var byteCount: Int { state.withLock { $0.bytes.count } }
  var drains: Int { state.withLock { $0.drains } }
  var closes: [StreamClosed] { state.withLock { $0.closes } }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    let copy = bytes.withUnsafeBufferPointer { Array($0) }
    state.withLock { $0.bytes += copy }
    onBytes?(stream, copy)
  }

  func streamDrained(_ stream: ByteStream) { state.withLock { $0.drains += 1 } }

  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {
    state.withLock { $0.closes.append(reason) }
  }

  /// Sends everything back.
  static func echo() -> Recorder { Recorder { stream, bytes in stream.write(bytes) } }
}

/// A listener whose streams all get a handler, with the streams it accepted.
final class TestServer: Sendable {
  let listener: Listener
  let streams = Collected<[ByteStream]>()

  init(
    at address: SocketAddress? = nil, loops: [EventLoop], tls: TLSServerContext? = nil,
    backlog: Int = 128, log: Logger = Log.silent,
    handler: @escaping @Sendable () -> Recorder = Recorder.echo
  ) throws {
    let streams = streams
    listener = try Listener(
      address: try address ?? SocketAddress(ip: "127.0.0.1", port: 0), loops: loops, tls: tls,
      backlog: backlog, log: log
    ) { stream in
      streams.append(stream)
      stream.handler = handler()
    }
  }

  var address: SocketAddress { listener.address }
}
