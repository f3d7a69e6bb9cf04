package import AspenCrypto
package import AspenNet
package import Logging
import Synchronization

/// An HTTP/1.1 server on event loops.
///
/// A request reaches the handler when its body is complete. Requests of one connection are handled
/// one after the other; the handler runs in a task on the connection's loop and is cancelled when
/// the client goes away or the handler takes too long. What breaks the protocol's rules or the
/// limits is answered with problem+json and the connection is closed.
package final class HTTPServer: Sendable {
  private let shards: [HTTPServerShard]
  private let counter: HTTPConnectionCounter
  private let log: Logger
  private let listeners = Mutex<[Listener]>([])

  /// A server that does not listen yet. `loops` is not empty.
  package init(
    configuration: HTTPServerConfiguration = HTTPServerConfiguration(), loops: [EventLoop],
    log: Logger, handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) {
    precondition(!loops.isEmpty, "a server needs a loop")
    self.log = log
    shards = loops.map {
      HTTPServerShard(loop: $0, configuration: configuration, log: log, handler: handler)
    }
    counter = HTTPConnectionCounter(
      maxConnections: configuration.maxConnections,
      maxConnectionsPerPeer: configuration.maxConnectionsPerPeer)
  }

  /// Connections at present, those of upgraded protocols included.
  package var connectionCount: Int { counter.total }

  /// Listens at one more address; returns it with the port that was chosen for port 0.
  @discardableResult
  package func listen(on address: SocketAddress, tls: TLSServerContext? = nil) throws(NetError)
    -> SocketAddress
  {
    let listener = try Listener(
      address: address, loops: shards.map(\.loop), tls: tls, log: log
    ) { [weak self] stream in
      if let self { accept(stream) } else { stream.close(.local) }
    }
    listeners.withLock { $0.append(listener) }
    return listener.address
  }

  /// Stops accepting, lets running requests finish, then closes. What is not finished after
  /// `deadline` is cut off. Upgraded connections belong to others and stay.
  package func drain(deadline: Duration) async {
    let closing = listeners.withLock { listeners in
      defer { listeners = [] }
      return listeners
    }
    for listener in closing { listener.close() }
    await withDiscardingTaskGroup { group in
      for shard in shards {
        group.addTask {
          await withCheckedContinuation { continuation in
            let isRunning = shard.loop.execute {
              shard.drain(within: deadline) { continuation.resume() }
            }
            if !isRunning { continuation.resume() }
          }
        }
      }
    }
  }

  private func accept(_ stream: ByteStream) {
    guard let shard = shards.first(where: { $0.loop === stream.loop }) else {
      preconditionFailure("a listener accepts on the server's loops")
    }
    guard !shard.isDraining, let slot = counter.acquire(stream.peer) else {
      refuse(stream, shard)
      return
    }
    HTTPConnection(stream: stream, shard: shard, slot: slot).start()
  }

  private func refuse(_ stream: ByteStream, _ shard: HTTPServerShard) {
    let response = HTTPResponse.problem(
      status: 503, detail: "There are too many connections.", headers: ["Retry-After": "1"])
    let (head, _) = HTTPResponseEncoder.encode(
      response,
      .init(
        requestID: shard.nextRequestID(), dateLine: shard.dateLine, keepAlive: false, isHead: false,
        minorVersion: 1))
    stream.write(head)
    stream.closeAfterFlush(deadline: .seconds(1))
  }
}
