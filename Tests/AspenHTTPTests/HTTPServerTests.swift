import AspenCrypto
import AspenNet
import AspenTestSupport
import Testing

@testable import AspenHTTP

private let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite("HTTP server")
struct HTTPServerTests {
  @Test("curl gets an answer over plain HTTP and over TLS")
  func curl() async throws {
    let certificate = try await TestCertificate.make()
    let tls = try TLSServerContext(
      certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile)
    try await TestServer().run { server, address, _ in
      let secure = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0), tls: tls)
      let plain = try await Command.run(
        "curl", ["-sS", "--max-time", "20", "http://127.0.0.1:\(address.port)/x?y=1"])
      #expect(plain == "GET /x?y=1 ")
      let encrypted = try await Command.run(
        "curl",
        [
          "-sS", "--max-time", "20", "--cacert", certificate.authorityFile, "--data", "body",
          "https://127.0.0.1:\(secure.port)/x",
        ])
      #expect(encrypted == "POST /x body")
      let chunked = try await Command.run(
        "curl",
        [
          "-sS", "--max-time", "20", "-H", "Transfer-Encoding: chunked", "-H",
          "Expect: 100-continue", "--data", "chunks", "http://127.0.0.1:\(address.port)/y",
        ])
      #expect(chunked == "POST /y chunks")
      let head = try await Command.run(
        "curl", ["-sSI", "--max-time", "20", "http://127.0.0.1:\(address.port)/x"])
      #expect(head.contains("200 OK") && head.contains("Content-Length: 8"))
    }
  }

  @Test("pipelined requests are answered in order on one connection")
  func pipelining() async throws {
    try await TestServer().run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(
        (0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
          + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await peer.whole()
      let bodies = text.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } }
      #expect(bodies.map(String.init) == (0..<50).map { "GET /\($0) " } + ["GET /last "])
      #expect(peer.closed.value == .endOfFile)
    }
  }

  @Test("a pipelining client cannot make the server hold more than a bound")
  func pipeliningIsBounded() async throws {
    let gate = Collected(false)
    let seen = Collected(0)
    try await TestServer(handler: { request in
      seen.update { $0 += 1 }
      while !gate.value { try? await Task.sleep(for: .milliseconds(5)) }
      return .text("ok")
    }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      let count = 2_000
      for _ in 0..<count { peer.send("GET / HTTP/1.1\r\nHost: a\r\nX: \(get.count)\r\n\r\n") }
      try await waitUntil { seen.value == 1 }
      gate.update { $0 = true }
      try await waitUntil("all answers") { seen.value == count }
      peer.close()
    }
  }

  @Test("every response names its request, and ids differ")
  func requestIDs() async throws {
    let ids = Collected<[String]>()
    try await TestServer(handler: { request in
      ids.append(request.id)
      return HTTPResponse(status: 204)
    }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get + get)
      try await waitUntil { peer.text.components(ofLine: "X-Request-Id: ").count == 2 }
      #expect(peer.text.components(ofLine: "X-Request-Id: ") == ids.value)
      #expect(Set(ids.value).count == 2 && ids.value.allSatisfy { $0.count == 36 })
      peer.close()
    }
  }

  @Test("a bad request gets problem+json and the connection closes", arguments: BadRequest.all)
  func badRequests(bad: BadRequest) async throws {
    try await TestServer({ $0.bodyBytes = 1000 }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(bad.text)
      let text = try await peer.whole()
      #expect(bad.statuses.contains { text.hasPrefix("HTTP/1.1 \($0) ") }, "\(text)")
      #expect(text.contains("\r\nConnection: close\r\n"))
      #expect(text.contains("application/problem+json") && text.contains("X-Request-Id: "))
      #expect(text.components(ofLine: "X-Request-Id: ").count == 1)
    }
  }

  @Test("a body over the limit gets 413 although the client is still sending")
  func bodyTooLarge() async throws {
    try await TestServer({ $0.bodyBytes = 100 }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n")
      peer.send([UInt8](repeating: 0x61, count: 400_000))
      #expect(try await peer.whole().hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test("100 Continue comes before the body is sent")
  func expectContinue() async throws {
    try await TestServer().run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
      try await peer.wait(for: "HTTP/1.1 100 Continue\r\n\r\n")
      peer.send("ok")
      try await peer.wait(for: "PUT / ok")
      peer.close()
    }
  }

  @Test("HTTP/1.0 closes after the response unless keep-alive is asked for")
  func oldVersion() async throws {
    try await TestServer().run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      try await peer.wait(for: "GET /1 ")
      #expect(peer.text.contains("Connection: keep-alive"))
      peer.send("GET /2 HTTP/1.0\r\n\r\n")
      #expect(try await peer.whole().hasSuffix("GET /2 "))
    }
  }

  @Test("a head that never ends gets 408 after the head timeout")
  func slowHead() async throws {
    try await TestServer({ $0.headTimeout = .seconds(1) }).run { _, address, loop in
      let peer = try await RawConnection.connect(
        to: address, on: loop, sending: "GET / HTTP/1.1\r\nHost")
      let text = try await peer.whole()
      #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text), \(peer.closed.value as Any)")
    }
  }

  @Test("a peer that sends nothing is closed without a word")
  func silence() async throws {
    try await TestServer({ $0.headTimeout = .milliseconds(100) }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      #expect(try await peer.whole().isEmpty)
    }
  }

  @Test("a body that never ends gets 408 after the body timeout")
  func slowBody() async throws {
    try await TestServer({ $0.bodyTimeout = .milliseconds(100) }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
      #expect(try await peer.whole().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test("an idle connection is closed after the idle timeout")
  func idle() async throws {
    try await TestServer({ $0.idleTimeout = .milliseconds(100) }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      #expect(try await peer.whole().hasSuffix("GET /a "))
    }
  }

  @Test("a reader that takes nothing is closed after the write timeout")
  func slowReader() async throws {
    let big = [UInt8](repeating: 0x62, count: 8 << 20)
    try await TestServer(
      { $0.writeTimeout = .milliseconds(200) },
      handler: { _ in HTTPResponse(status: 200, body: big) }
    ).run { server, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop, reads: false)
      peer.send(get)
      try await waitUntil("the connection") { server.connectionCount == 1 }
      try await waitUntil("its end") { server.connectionCount == 0 }
      peer.close()
    }
  }

  @Test("a handler that takes too long is cancelled and answered with 503")
  func slowHandler() async throws {
    let cancelled = Collected(false)
    try await TestServer(
      { $0.handlerTimeout = .milliseconds(100) },
      handler: { _ in
        try? await Task.sleep(for: .seconds(60))
        cancelled.update { $0 = Task.isCancelled }
        return .text("late")
      }
    ).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      #expect(try await peer.whole().hasPrefix("HTTP/1.1 503 "))
      try await waitUntil("the cancellation") { cancelled.value }
    }
  }

  @Test("a client that goes away cancels its handler")
  func disconnect() async throws {
    let running = Collected(false)
    let cancelled = Collected(false)
    try await TestServer(handler: { _ in
      running.update { $0 = true }
      try? await Task.sleep(for: .seconds(60))
      cancelled.update { $0 = Task.isCancelled }
      return .text("late")
    }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      try await waitUntil { running.value }
      peer.close()
      try await waitUntil("the cancellation") { cancelled.value }
    }
  }

  @Test("a connection over a limit gets 503, and the place is free again afterwards")
  func connectionLimits() async throws {
    for perPeer in [true, false] {
      try await TestServer({
        if perPeer { $0.maxConnectionsPerPeer = 1 } else { $0.maxConnections = 1 }
      }).run { server, address, loop in
        let first = try await RawConnection.connect(to: address, on: loop)
        first.send(get)
        try await first.wait(for: "GET /a")
        let second = try await RawConnection.connect(to: address, on: loop)
        #expect(try await second.whole().hasPrefix("HTTP/1.1 503 "))
        first.close()
        try await waitUntil { server.connectionCount == 0 }
        let third = try await RawConnection.connect(to: address, on: loop)
        third.send(get)
        try await third.wait(for: "GET /a")
        third.close()
      }
    }
  }

  @Test("draining finishes the running request, closes idle connections and accepts no more")
  func drain() async throws {
    let gate = Collected(false)
    let running = Collected(false)
    try await TestServer(handler: { request in
      if request.path == "/slow" {
        running.update { $0 = true }
        while !gate.value { try? await Task.sleep(for: .milliseconds(5)) }
      }
      return .text("done")
    }).run { server, address, loop in
      let busy = try await RawConnection.connect(to: address, on: loop)
      let idle = try await RawConnection.connect(to: address, on: loop)
      idle.send(get)
      try await idle.wait(for: "done")
      busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
      try await waitUntil { running.value }
      async let drained: Void = server.drain(deadline: .seconds(20))
      _ = try await idle.whole()
      gate.update { $0 = true }
      let text = try await busy.whole()
      #expect(text.hasSuffix("done") && text.contains("Connection: close"))
      await drained
      await #expect(throws: NetError.self) {
        _ = try await RawConnection.connect(to: address, on: loop)
      }
    }
  }

  @Test("draining cuts off what is not finished in time")
  func drainDeadline() async throws {
    let running = Collected(false)
    try await TestServer(handler: { _ in
      running.update { $0 = true }
      try? await Task.sleep(for: .seconds(60))
      return .text("late")
    }).run { server, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      try await waitUntil { running.value }
      await server.drain(deadline: .milliseconds(50))
      #expect(try await peer.whole().isEmpty)
    }
  }

  @Test("an upgrade hands over the stream with the bytes behind the request")
  func upgrade() async throws {
    let pending = Collected("")
    try await TestServer(handler: { _ in
      HTTPResponse(status: 101, headers: ["Upgrade": "x", "Connection": "Upgrade"]) { upgrade in
        pending.update { $0 = String(decoding: upgrade.pending, as: UTF8.self) }
        upgrade.stream.write(Array("over".utf8))
        upgrade.stream.closeAfterFlush(deadline: .seconds(5))
      }
    }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get + "early")
      let text = try await peer.whole()
      #expect(text.hasPrefix("HTTP/1.1 101 ") && text.hasSuffix("\r\n\r\nover"))
      #expect(pending.value == "early" && !text.contains("Content-Length"))
    }
  }

  @Test("a response may go on until the connection closes, except to HEAD")
  func endlessBody() async throws {
    try await TestServer(handler: { _ in
      HTTPResponse(status: 200, headers: ["Connection": "close"]) { upgrade in
        upgrade.stream.write(Array("part".utf8))
        upgrade.stream.closeAfterFlush(deadline: .seconds(5))
      }
    }).run { _, address, loop in
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      let text = try await peer.whole()
      #expect(text.hasPrefix("HTTP/1.1 200 OK") && text.hasSuffix("\r\n\r\npart"))
      let head = try await RawConnection.connect(to: address, on: loop)
      head.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await head.whole().hasSuffix("\r\n\r\n"))
    }
  }

  @Test("random bytes never stop the server")
  func randomBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("HTTP server fuzz seed \(seed)")
    var random = SeededGenerator(seed: seed)
    try await TestServer().run { _, address, loop in
      for _ in 0..<50 {
        let peer = try await RawConnection.connect(to: address, on: loop)
        let count = Int.random(in: 1...2000, using: &random)
        let junk = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        peer.send(junk)
        peer.send("\n\n")
        _ = try await peer.whole()
      }
      let peer = try await RawConnection.connect(to: address, on: loop)
      peer.send(get)
      try await peer.wait(for: "GET /a")
      peer.close()
    }
  }
}

extension String {
  /// What follows `prefix` in each line that begins with it, bodies without line ends included.
  func components(ofLine prefix: String) -> [String] {
    var result: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: prefix) {
      rest = rest[range.upperBound...]
      result.append(String(rest.prefix { !$0.isNewline }))
    }
    return result
  }
}
