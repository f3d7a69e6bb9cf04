import AspenCrypto
import AspenHTTP
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenWebSocket

@Suite("WebSocket connection")
struct WebSocketConnectionTests {
  @Test("messages go both ways, plain and through TLS", arguments: [false, true])
  func bothWays(isTLS: Bool) async throws {
    let certificate = try await TestCertificate.make()
    let server = try TLSServerContext(
      certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile)
    let client = try TLSClientContext(trust: .file(certificate.authorityFile))
    try await WebSocketTestServer(
      tls: isTLS ? server : nil, subprotocols: ["v2", "v1"], onOpen: echo
    ).run { _, address, loop in
      let connection = try await WebSocketClient.connect(
        url: HTTPURL("\(isTLS ? "wss" : "ws")://127.0.0.1:\(address.port)/ws"),
        subprotocols: ["v1", "v2"], tls: client, on: loop)
      #expect(connection.subprotocol == "v2")
      let diary = Diary()
      let sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000]
      try await connection.perform { connection in
        diary.follow(connection)
        connection.start()
        connection.send(text: "")
        connection.send(text: "grüß dich")
        for size in sizes { connection.send(binary: [UInt8](repeating: 9, count: size)) }
      }
      try await waitUntil("the echoes") { diary.binaries.value.count == sizes.count }
      #expect(diary.texts.value == ["", "grüß dich"])
      #expect(diary.binaries.value.map(\.count) == sizes)
      #expect(diary.binaries.value.allSatisfy { $0.allSatisfy { $0 == 9 } })
      try await connection.perform { $0.close(code: 3000, reason: "done") }
      #expect(try await diary.close().code == 3000)
    }
  }

  @Test("nothing sent before start is lost, and the end comes after it")
  func early() async throws {
    try await WebSocketTestServer(onOpen: { connection in
      for index in 0..<100 { connection.send(text: "\(index)") }
      connection.close(code: 1001, reason: "away")
    }).run { _, address, loop in
      let connection = try await WebSocketClient.connect(
        url: HTTPURL("ws://127.0.0.1:\(address.port)/ws"), on: loop)
      let diary = Diary()
      try await connection.perform { connection in
        diary.follow(connection)
        connection.start()
      }
      #expect(try await diary.close() == .init(code: 1001, reason: "away"))
      #expect(diary.texts.value == (0..<100).map(String.init))
    }
  }

  @Test("both ends are told of the close once, with its code")
  func close() async throws {
    let server = Diary()
    try await WebSocketTestServer(onOpen: { server.follow($0) }).run { http, address, loop in
      let connection = try await WebSocketClient.connect(
        url: HTTPURL("ws://127.0.0.1:\(address.port)/ws"), on: loop)
      let client = Diary()
      try await connection.perform { connection in
        client.follow(connection)
        connection.start()
        connection.close(code: 4001, reason: "why not")
        connection.close(code: 1000)
        connection.send(text: "too late")
      }
      #expect(try await server.close() == .init(code: 4001, reason: "why not"))
      #expect(try await client.close().code == 4001)
      try await waitUntil("the connection's place") { http.connectionCount == 0 }
      #expect(server.closes.value.count == 1 && client.closes.value.count == 1)
      #expect(server.texts.value.isEmpty)
    }
  }

  @Test("a vanished peer gives 1006")
  func vanished() async throws {
    let server = Diary()
    try await WebSocketTestServer(onOpen: { server.follow($0) }).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request)
      try await waitUntil { peer.text.contains("\r\n\r\n") }
      #expect(peer.text.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
      peer.close()
      #expect(try await server.close().code == 1006)
    }
  }

  @Test("frames behind the handshake in the same packet are read")
  func pendingBytes() async throws {
    let server = Diary()
    try await WebSocketTestServer(onOpen: { server.follow($0) }).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request + frame(.text, "first") + frame(.text, "second"))
      try await waitUntil { server.texts.value == ["first", "second"] }
      peer.close()
    }
  }

  @Test(
    "a violation is answered with its close code",
    arguments: [
      (frame(.text, [0xFF]), 1007), (frame(.binary, [1], mask: nil), 1002),
      (frame(.binary, [UInt8](repeating: 0, count: 2000)), 1009), ([0xFF, 0xFF], 1002),
    ] as [([UInt8], UInt16)])
  func violations(bytes: [UInt8], code: UInt16) async throws {
    let server = Diary()
    try await WebSocketTestServer({ $0.maxMessageBytes = 1000 }, onOpen: { server.follow($0) }).run
    {
      _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request + bytes)
      try await waitUntil("the end") { peer.closed.value != nil }
      let answer = peer.frames
      #expect(answer.first == 0x88, "\(peer.text) \(String(describing: peer.closed.value))")
      #expect(answer.dropFirst(2).prefix(2) == [UInt8(code >> 8), UInt8(code & 0xFF)])
      #expect(server.closes.value.map(\.code) == [code])
    }
  }

  @Test("a ping is answered with its payload")
  func ping() async throws {
    try await WebSocketTestServer(onOpen: { _ in }).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request + frame(.ping, "abc"))
      try await waitUntil { peer.frames == [0x8A, 0x03, 0x61, 0x62, 0x63] }
      peer.close()
    }
  }

  @Test("a silent peer is pinged, and kept as long as it answers")
  func silentButAnswering() async throws {
    let server = Diary()
    try await WebSocketTestServer(
      {
        $0.pingInterval = .milliseconds(20)
        // Far beyond what a busy machine needs to answer.
        $0.pingTimeout = .seconds(60)
      }, onOpen: { server.follow($0) }
    ).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request)
      for count in 1...3 {
        try await waitUntil("ping \(count)") { peer.frames.count >= count * 2 }
        peer.send(frame(.pong, ""))
      }
      #expect(peer.frames.starts(with: [0x89, 0x00, 0x89, 0x00, 0x89, 0x00]))
      #expect(server.closes.value.isEmpty)
      peer.close()
    }
  }

  @Test("a peer that does not answer a ping is cut off")
  func silence() async throws {
    let server = Diary()
    try await WebSocketTestServer(
      {
        $0.pingInterval = .milliseconds(20)
        $0.pingTimeout = .milliseconds(100)
      }, onOpen: { server.follow($0) }
    ).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request)
      #expect(try await server.close().code == 1006)
      #expect(peer.frames.starts(with: [0x89, 0x00]))
      try await waitUntil("the end") { peer.closed.value != nil }
      #expect(server.closes.value.count == 1)
    }
  }

  @Test("a peer that does not answer a close frame is cut off")
  func closeTimeout() async throws {
    let server = Diary()
    try await WebSocketTestServer(
      { $0.closeTimeout = .milliseconds(100) },
      onOpen: { connection in
        server.follow(connection)
        connection.start()
        connection.close(code: 1001)
      }
    ).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      peer.send(RawPeer.request)
      #expect(try await server.close().code == 1006)
      try await waitUntil("the end") { peer.closed.value != nil }
    }
  }

  @Test("a stalled reader is closed after the write timeout, and at the queue's bound")
  func stalled() async throws {
    for bound in [true, false] {
      let server = Diary()
      try await WebSocketTestServer(
        {
          if bound {
            $0.maxQueuedBytes = 1 << 20
          } else {
            $0.writeTimeout = .milliseconds(100)
            $0.maxQueuedBytes = 1 << 30
          }
        },
        onOpen: { connection in
          server.follow(connection)
          connection.onText = { [unowned connection] _ in
            connection.send(binary: [UInt8](repeating: 1, count: 32 << 20))
          }
        }
      ).run { _, address, loop in
        let peer = try await RawPeer.connect(to: address, on: loop)
        peer.send(RawPeer.request)
        try await waitUntil { peer.text.contains("\r\n\r\n") }
        peer.stall()
        peer.send(frame(.text, "send"))
        #expect(try await server.close().code == 1006)
        peer.close()
      }
    }
  }

  @Test("a drained queue is reported at the marks that were set")
  func drained() async throws {
    let server = Diary()
    try await WebSocketTestServer(onOpen: { connection in
      server.follow(connection)
      connection.writeLimits.highWaterBytes = 0
      connection.writeLimits.lowWaterBytes = 0
      connection.send(binary: [UInt8](repeating: 1, count: 4 << 20))
    }).run { _, address, loop in
      let connection = try await WebSocketClient.connect(
        url: HTTPURL("ws://127.0.0.1:\(address.port)/ws"), configuration: large, on: loop)
      try await connection.perform { $0.start() }
      try await waitUntil("the drain") { server.drains.value == 1 }
      try await connection.perform { $0.abort() }
      #expect(try await server.close().code == 1006)
    }
  }

  private var large: WebSocketConfiguration {
    var configuration = WebSocketConfiguration()
    configuration.maxMessageBytes = 8 << 20
    return configuration
  }
}

@Suite("WebSocket handshake")
struct WebSocketHandshakeTests {
  @Test("a refusal carries the status, and a missing server its reason")
  func refusals() async throws {
    try await WebSocketTestServer(onOpen: { _ in }).run { server, address, loop in
      let base = "ws://127.0.0.1:\(address.port)"
      do {
        _ = try await WebSocketClient.connect(url: HTTPURL(base + "/other"), on: loop)
        Issue.record("connected")
      } catch let error as WebSocketError {
        #expect(error.status == 404 && "\(error)".contains("Not here."))
      }
      await server.drain(deadline: .zero)
      await #expect(throws: WebSocketError.network(.connectionRefused)) {
        _ = try await WebSocketClient.connect(url: HTTPURL(base + "/ws"), on: loop)
      }
    }
  }

  @Test(
    "a malformed upgrade is refused",
    arguments: [
      ("Upgrade: websocket", "Upgrade: h2c", 426),
      ("Connection: Upgrade", "Connection: close", 426),
      ("Version: 13", "Version: 8", 426), ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 400),
      ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400), ("GET", "POST", 400),
    ])
  func malformed(part: String, replacement: String, status: Int) async throws {
    try await WebSocketTestServer(onOpen: { _ in }).run { _, address, loop in
      let peer = try await RawPeer.connect(to: address, on: loop)
      let text = String(decoding: RawPeer.request, as: UTF8.self)
      peer.send(Array(text.replacing(part, with: replacement).utf8))
      try await waitUntil { peer.text.contains("\r\n\r\n") }
      #expect(peer.text.hasPrefix("HTTP/1.1 \(status) "))
      #expect(status == 400 || peer.text.contains("Sec-WebSocket-Version: 13"))
      peer.close()
    }
  }

  @Test(
    "a bad answer to the client's handshake is refused",
    arguments: [
      "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
      "HTTP/1.1 101 x\r\n\r\n", "nonsense\r\n\r\n", "",
    ])
  func badAnswer(answer: String) async throws {
    try await withLoops { loops in
      let listener = try Listener(
        address: SocketAddress(ip: "127.0.0.1", port: 0), loops: loops
      ) { stream in
        stream.write(Array(answer.utf8))
        stream.closeAfterFlush(deadline: .seconds(5))
      }
      do {
        _ = try await WebSocketClient.connect(
          url: HTTPURL("ws://127.0.0.1:\(listener.address.port)/"), on: loops[0])
        Issue.record("connected")
      } catch let error as WebSocketError {
        guard case .badHandshake = error else {
          Issue.record("\(error)")
          return
        }
      }
      listener.close()
    }
  }

  @Test("a server that does not answer is given up at the deadline, or when cancelled")
  func silentServer() async throws {
    try await withLoops { loops in
      let listener = try Listener(
        address: SocketAddress(ip: "127.0.0.1", port: 0), loops: loops
      ) { _ in }
      let url = try HTTPURL("ws://127.0.0.1:\(listener.address.port)/")
      await #expect(throws: WebSocketError.timedOut) {
        _ = try await WebSocketClient.connect(url: url, timeout: .milliseconds(100), on: loops[0])
      }
      let task = Task { try await WebSocketClient.connect(url: url, on: loops[0]) }
      task.cancel()
      await #expect(throws: WebSocketError.cancelled) { _ = try await task.value }
      listener.close()
    }
  }
}
