import AspenNet
import AspenTelemetry
import AspenTestSupport

/// A server that closes the first connection when a request has come, and answers on the second: the
/// answer that was lost on the way.
final class DroppingServer: Sendable {
  let port: UInt16
  private let listener: Listener
  private let collected: Collected<[String]>

  /// What was asked, one text for each connection.
  var requests: [String] { collected.value }

  init(loops: [EventLoop]) throws {
    let collected = Collected<[String]>()
    self.collected = collected
    listener = try Listener(
      address: SocketAddress(ip: "127.0.0.1", port: 0), loops: loops, tls: nil, log: Log.silent
    ) { stream in
      stream.handler = DroppingConnection(collected)
    }
    port = listener.address.port
  }

  func stop() { listener.close() }
}

/// One connection, on its loop only.
private final class DroppingConnection: ByteStreamHandler {
  private let requests: Collected<[String]>
  private var text = ""

  init(_ requests: Collected<[String]>) {
    self.requests = requests
  }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    text += bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    guard text.hasSuffix("}") else { return }
    let isFirst = requests.value.isEmpty
    requests.append(text)
    text = ""
    if isFirst {
      stream.close(.local)
    } else {
      stream.write(
        Array("HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"name\":\"yard\"}".utf8))
    }
  }

  func streamDrained(_ stream: ByteStream) {}
  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {}
}
