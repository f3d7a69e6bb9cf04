import AspenAPI
import AspenHTTP
import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire

extension ControllerClient {
  /// Watches one stream, at most at `maxFramesPerSecond` and `maxWidth` pixels wide.
  package func frames(
    of stream: String, maxFramesPerSecond: Double? = nil, maxWidth: Int? = nil,
    timeout: Duration = .seconds(10)
  ) async throws(ClientError) -> FrameFeed {
    var query = [(name: "mode", value: "header")]
    if let maxFramesPerSecond { query.append((name: "fps", value: String(maxFramesPerSecond))) }
    if let maxWidth { query.append((name: "width", value: String(maxWidth))) }
    let path = URLEncoding.path(APIOperations.streamFramesWatch.path, parameter: stream)
    do throws(ClientError) {
      return Self.feed(try await open(URLEncoding.target(path, query: query), timeout))
    } catch {
      throw error.about(RequestSubject(operation: APIOperations.streamFramesWatch, name: stream))
    }
  }

  private func open(
    _ target: String, _ timeout: Duration
  ) async throws(ClientError) -> WebSocketConnection {
    let url: HTTPURL
    do throws(HTTPClientError) {
      // http becomes ws, https becomes wss.
      url = try HTTPURL("ws" + base.dropFirst(4) + target)
    } catch {
      throw .invalidConfiguration(error.description)
    }
    var headers: HTTPHeaders = ["User-Agent": Self.userAgent]
    credential.prove(in: &headers, origin: origin)
    var configuration = WebSocketConfiguration()
    configuration.maxMessageBytes =
      WireProtocol.maxFrameBytes + FrameHeader.byteCount + FrameHeader.maxMetadataBytes
    do throws(WebSocketError) {
      return try await WebSocketClient.connect(
        url: url, headers: headers, subprotocols: [WireProtocol.frames], tls: tls,
        timeout: timeout, configuration: configuration, on: loops[0])
    } catch {
      throw Self.failure(error)
    }
  }

  private static func feed(_ connection: WebSocketConnection) -> FrameFeed {
    let (frames, continuation) = AsyncThrowingStream.makeStream(
      of: ReceivedFrame.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(1))
    continuation.onTermination = { _ in
      connection.loop.execute {
        // Called before the stream counts as ended: the end that its reader wished is no error.
        connection.onClose = nil
        connection.close()
      }
    }
    connection.loop.execute {
      connection.onBinary = { message in
        do throws(FrameError) {
          continuation.yield(try ReceivedFrame(message: message))
        } catch {
          continuation.finish(
            throwing: ClientError.unexpectedAnswer("a message is no frame: \(error)"))
        }
      }
      connection.onClose = { code, reason in
        // 1006 stands for a connection that broke off without a close frame.
        let error: ClientError =
          code == 1006
          ? .unreachable("the connection broke off" + (reason.isEmpty ? "" : ": \(reason)"))
          : .closed(code: code, reason: reason)
        continuation.finish(throwing: error)
      }
      connection.start()
    }
    return FrameFeed(frames: frames)
  }

  static func failure(_ error: WebSocketError) -> ClientError {
    switch error {
    case .timedOut: .timedOut("the time for the connection is over")
    case .cancelled: .cancelled
    case .network(let error): .unreachable(error.description)
    case .refused(let status, let detail):
      .problem(ServerProblem(status: status, json: try? JSONValue(parsing: Array(detail.utf8))))
    case .badHandshake(let reason): .unexpectedAnswer(reason)
    }
  }
}
