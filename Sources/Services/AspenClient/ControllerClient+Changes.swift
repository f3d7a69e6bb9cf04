import AspenHTTP
package import AspenModel
import AspenNet
import AspenWebSocket

extension ControllerClient {
  /// The subprotocol of the watch over WebSocket.
  private static let watchProtocol = "aspen.watch.v1"

  /// Watches changes over a WebSocket from behind the revision `from`, or from now on. Each element
  /// is an event as the API has it: type, revision, kind and object.
  ///
  /// At most `ChangeFeed.maxWaiting` events wait for their reader; then the connection is closed, and
  /// the reader goes on from the last revision that it has seen.
  package func changes(
    of kinds: [ResourceKind], selector: String? = nil, from revision: Int64? = nil,
    timeout: Duration = .seconds(10)
  ) async throws(ClientError) -> ChangeFeed {
    var query = [(name: "bookmarks", value: "true")]
    if !kinds.isEmpty {
      query.append((name: "kinds", value: kinds.map(\.rawValue).joined(separator: ",")))
    }
    if let selector { query.append((name: "selector", value: selector)) }
    if let revision { query.append((name: "from", value: String(revision))) }
    let url: HTTPURL
    do throws(HTTPClientError) {
      // http becomes ws, https becomes wss.
      url = try HTTPURL("ws" + base.dropFirst(4) + URLEncoding.target("/v1/watch", query: query))
    } catch {
      throw .invalidConfiguration(error.description)
    }
    var headers: HTTPHeaders = ["User-Agent": Self.userAgent]
    credential.prove(in: &headers, origin: origin)
    var configuration = WebSocketConfiguration()
    configuration.maxMessageBytes = ServerSentEvents.maxEventBytes
    do throws(WebSocketError) {
      let connection = try await WebSocketClient.connect(
        url: url, headers: headers, subprotocols: [Self.watchProtocol], tls: tls,
        timeout: timeout, configuration: configuration, on: loops[0])
      return ChangeFeed.open(connection)
    } catch {
      throw Self.failure(error)
    }
  }
}

/// Changes as they come. Iterate it once; the connection is closed when the iteration or its task
/// ends, and it ends with a `ClientError` when the connection does.
package struct ChangeFeed: AsyncSequence, Sendable {
  package typealias Element = JSONValue

  /// Some 10 MiB of resources; a reader that is further behind reads them again from the controller.
  package static let maxWaiting = 10_000

  let changes: AsyncThrowingStream<JSONValue, any Error>

  /// Starts the iteration.
  package func makeAsyncIterator() -> AsyncThrowingStream<JSONValue, any Error>.Iterator {
    changes.makeAsyncIterator()
  }

  static func open(_ connection: WebSocketConnection) -> ChangeFeed {
    let (changes, continuation) = AsyncThrowingStream.makeStream(
      of: JSONValue.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(maxWaiting))
    continuation.onTermination = { _ in
      connection.loop.execute { connection.close() }
    }
    connection.loop.execute {
      connection.onText = { text in
        guard let event = try? JSONValue(parsing: Array(text.utf8)), event["type"]?.text != nil
        else {
          continuation.finish(
            throwing: ClientError.unexpectedAnswer("a message of the watch is no event"))
          return
        }
        if case .dropped = continuation.yield(event) {
          continuation.finish(
            throwing: ClientError.unreachable("the changes come faster than they are read"))
        }
      }
      connection.onClose = { code, reason in
        continuation.finish(
          throwing: ClientError.unreachable(
            "the connection ended" + (reason.isEmpty ? "" : ": \(reason)") + " (\(code))"))
      }
      connection.start()
    }
    return ChangeFeed(changes: changes)
  }
}
