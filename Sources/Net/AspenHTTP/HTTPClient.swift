package import AspenCrypto
package import AspenNet
import Synchronization

/// The limits and deadlines of a client.
package struct HTTPClientConfiguration: Sendable {
  /// Most bytes of a response's body.
  package var bodyBytes = 64 * 1024 * 1024
  /// How long an unused connection is kept; shorter than what servers keep theirs.
  package var idleTimeout = Duration.seconds(30)
  /// Most connections to one origin; a request beyond fails at once.
  package var maxConnectionsPerOrigin = 256
  /// Most unused connections to one origin; more are closed.
  package var maxIdlePerOrigin = 8
  /// Whom to trust; needed for https.
  package var tls: TLSClientContext?

  /// The defaults, without TLS.
  package init() {}
}

/// Sends requests over kept connections. Redirects are not followed.
package final class HTTPClient: Sendable {
  private let loops: [EventLoop]
  private let configuration: HTTPClientConfiguration
  private let pool: HTTPClientPool
  private let turn = Atomic<Int>(0)

  /// A client; `loops` is not empty.
  package init(loops: [EventLoop], configuration: HTTPClientConfiguration = .init()) {
    precondition(!loops.isEmpty, "a client needs a loop")
    self.loops = loops
    self.configuration = configuration
    pool = HTTPClientPool(
      maxPerOrigin: configuration.maxConnectionsPerOrigin,
      maxIdlePerOrigin: configuration.maxIdlePerOrigin)
  }

  deinit { close() }

  /// Closes unused connections and refuses new ones; running requests finish.
  package func close() {
    for connection in pool.close() {
      connection.loop.execute { connection.abort(.closed) }
    }
  }

  /// Sends a request and waits for the whole response, whatever its status. An idempotent request
  /// is sent once more when a kept connection turns out to be closed.
  package func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPResponse {
    let deadline = MonotonicTime.current() + request.timeout
    let origin = HTTPOrigin(request.url)
    if let kept = pool.take(origin) {
      let outcome = await exchange(kept, request, deadline)
      guard outcome.isUnanswered, request.isIdempotent else { return try outcome.result.get() }
    }
    guard pool.reserve(origin) else {
      throw .tooManyConnections(configuration.maxConnectionsPerOrigin)
    }
    let connection: HTTPClientConnection
    do throws(NetError) {
      let stream = try await HTTPDialer.connect(
        to: request.url, tls: configuration.tls, deadline: deadline, on: nextLoop())
      connection = HTTPClientConnection(
        stream: stream, origin: origin, pool: pool, idleTimeout: configuration.idleTimeout)
    } catch {
      pool.release(origin)
      switch error {
      case .cancelled: throw .cancelled
      case .timedOut: throw .timedOut
      default: throw .network(error)
      }
    }
    connection.loop.execute { connection.attach() }
    return try await exchange(connection, request, deadline).result.get()
  }

  private func exchange(
    _ connection: HTTPClientConnection, _ request: HTTPClientRequest, _ deadline: MonotonicTime
  ) async -> HTTPClientConnection.Outcome {
    let head = request.encodedHead()
    let reader = HTTPResponseReader(
      isHead: request.method == "HEAD", bodyBytes: configuration.bodyBytes)
    let exchange = HTTPClientConnection.Exchange()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isRunning = connection.loop.execute {
          connection.send(
            exchange, head: head, body: request.body, reader: reader, deadline: deadline
          ) { continuation.resume(returning: $0) }
        }
        if !isRunning {
          continuation.resume(returning: .init(result: .failure(.network(.stopped))))
        }
      }
    } onCancel: {
      connection.loop.execute { connection.cancel(exchange) }
    }
  }

  private func nextLoop() -> EventLoop {
    if let current = EventLoop.current, loops.contains(where: { $0 === current }) { return current }
    let index = turn.wrappingAdd(1, ordering: .relaxed).newValue
    return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
  }
}
