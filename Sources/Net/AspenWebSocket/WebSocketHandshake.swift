import AspenCrypto
package import AspenHTTP

/// What both ends of the opening handshake compute (RFC 6455 4).
enum WebSocketHandshake {
  /// The Sec-WebSocket-Accept that answers a key.
  static func accept(_ key: String) -> String {
    Base64.encode(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// The elements of a comma-separated field, which may be there several times.
  static func list(_ headers: HTTPHeaders, _ name: String) -> [String] {
    headers.all(name).flatMap { value in
      value.split(separator: ",").map { String($0.trimmingSpaces()) }
    }
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

/// The server's side of the opening handshake.
package enum WebSocketServer {
  /// Answers an upgrade request: 101 with `onOpen` to follow, or a 400 or 426 problem. The
  /// subprotocol is the first of `subprotocols` that the client offers; without a common one the
  /// connection has none. Who may connect, and from which origin, is for the caller to check
  /// before.
  ///
  /// `onOpen` sets the callbacks; reading begins when it returns.
  package static func upgrade(
    _ request: HTTPRequest, subprotocols: [String] = [],
    configuration: WebSocketConfiguration = WebSocketConfiguration(),
    onOpen: @escaping @Sendable (WebSocketConnection) -> Void
  ) -> HTTPResponse {
    guard request.headers.contains("Upgrade", token: "websocket"),
      request.headers.contains("Connection", token: "upgrade"),
      request.headers.all("Sec-WebSocket-Version") == ["13"]
    else {
      return .problem(
        status: 426, detail: "This address speaks WebSocket, version 13.",
        headers: [
          "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        ])
    }
    let keys = request.headers.all("Sec-WebSocket-Key")
    guard request.method == "GET", request.body.isEmpty, keys.count == 1,
      Base64.decode(keys[0])?.count == 16
    else {
      return .problem(status: 400, detail: "The WebSocket handshake is malformed.")
    }
    var headers: HTTPHeaders = [
      "Upgrade": "websocket", "Connection": "Upgrade",
      "Sec-WebSocket-Accept": WebSocketHandshake.accept(keys[0]),
    ]
    let offered = WebSocketHandshake.list(request.headers, "Sec-WebSocket-Protocol")
    let subprotocol = subprotocols.first(where: offered.contains)
    if let subprotocol { headers.add("Sec-WebSocket-Protocol", subprotocol) }
    return HTTPResponse(status: 101, headers: headers) { upgrade in
      let connection = WebSocketConnection(
        stream: upgrade.stream, role: .server, subprotocol: subprotocol, pending: upgrade.pending,
        configuration: configuration, slot: upgrade.slot)
      onOpen(connection)
      connection.start()
    }
  }
}
