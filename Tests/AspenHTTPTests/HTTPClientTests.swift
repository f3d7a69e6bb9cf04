import AspenCrypto
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Testing

@testable import AspenHTTP

@Suite("HTTP client")
struct HTTPClientTests {
  @Test("requests to one origin share a connection")
  func keepAlive() async throws {
    try await TestServer().run { server, address, loop in
      let client = HTTPClient(loops: [loop])
      for index in 0..<5 {
        let response = try await client.send(
          .init(
            method: "PUT", url: HTTPURL("http://127.0.0.1:\(address.port)/\(index)"),
            body: Array("body".utf8)))
        #expect(String(decoding: response.body, as: UTF8.self) == "PUT /\(index) body")
        #expect(server.connectionCount == 1)
      }
      client.close()
    }
  }

  @Test("https checks the certificate")
  func tls() async throws {
    let certificate = try await TestCertificate.make()
    let context = try TLSServerContext(
      certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile)
    try await TestServer(tls: context).run { _, address, loop in
      let url = try HTTPURL("https://127.0.0.1:\(address.port)/x")
      var configuration = HTTPClientConfiguration()
      configuration.tls = try TLSClientContext(trust: .file(certificate.authorityFile))
      let client = HTTPClient(loops: [loop], configuration: configuration)
      #expect(try await client.send(.init(url: url)).status == 200)
      configuration.tls = try TLSClientContext(trust: .system)
      let stranger = HTTPClient(loops: [loop], configuration: configuration)
      await #expect(throws: HTTPClientError.self) { try await stranger.send(.init(url: url)) }
      client.close()
    }
  }

  @Test("a unix socket is reached by its path")
  func unix() async throws {
    let directory = try TemporaryDirectory()
    try await TestServer().run { server, _, loop in
      try server.listen(on: SocketAddress(unixPath: directory.file("a.sock")))
      let path = directory.file("a.sock").replacing("/", with: "%2F")
      let client = HTTPClient(loops: [loop])
      let response = try await client.send(.init(url: HTTPURL("http+unix://\(path)/v1")))
      #expect(String(decoding: response.body, as: UTF8.self) == "GET /v1 ")
      client.close()
    }
  }

  @Test("failures have words")
  func failures() async throws {
    try await TestServer(
      { $0.bodyBytes = 4 << 20 },
      handler: { request in
        if request.path == "/hang" { try? await Task.sleep(for: .seconds(60)) }
        return HTTPResponse(status: 200, body: [UInt8](repeating: 0, count: 2000))
      }
    ).run { server, address, loop in
      var configuration = HTTPClientConfiguration()
      configuration.bodyBytes = 1000
      let client = HTTPClient(loops: [loop], configuration: configuration)
      let base = "http://127.0.0.1:\(address.port)"
      await #expect(throws: HTTPClientError.timedOut) {
        try await client.send(.init(url: HTTPURL(base + "/hang"), timeout: .milliseconds(100)))
      }
      await #expect(throws: HTTPClientError.bodyTooLarge(1000)) {
        try await client.send(.init(url: HTTPURL(base)))
      }
      let task = Task { try await client.send(.init(url: HTTPURL(base + "/hang"))) }
      try await waitUntil { server.connectionCount > 0 }
      task.cancel()
      await #expect(throws: HTTPClientError.cancelled) { try await task.value }
      await server.drain(deadline: .zero)
      await #expect(throws: HTTPClientError.network(.connectionRefused)) {
        try await client.send(.init(url: HTTPURL(base)))
      }
    }
  }

  @Test("a kept connection that the server closed is replaced")
  func replaced() async throws {
    try await TestServer({ $0.idleTimeout = .milliseconds(50) }).run { server, address, loop in
      let client = HTTPClient(loops: [loop])
      let url = try HTTPURL("http://127.0.0.1:\(address.port)/")
      for _ in 0..<3 {
        #expect(try await client.send(.init(url: url)).status == 200)
        try await waitUntil { server.connectionCount == 0 }
      }
      client.close()
    }
  }

  @Test("responses of a scripted server are read by the rules")
  func scripted() async throws {
    try await withLoops { loops in
      let loop = loops[0]
      let script = Collected("")
      let listener = try Listener(
        address: SocketAddress(ip: "127.0.0.1", port: 0), loops: [loop]
      ) { stream in
        stream.handler = ScriptedAnswer(script.value)
      }
      let client = HTTPClient(loops: [loop])
      let url = try HTTPURL("http://127.0.0.1:\(listener.address.port)/")
      func get(_ answer: String) async throws -> String {
        script.update { $0 = answer }
        let response = try await client.send(.init(method: "POST", url: url))
        return "\(response.status) " + String(decoding: response.body, as: UTF8.self)
      }
      #expect(try await get("HTTP/1.0 200 OK\r\n\r\nto the end") == "200 to the end")
      #expect(
        try await get(
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "4\r\nlost\r\n0\r\n\r\n") == "404 lost")
      await #expect(throws: HTTPClientError.closed) {
        try await get("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")
      }
      await #expect(throws: HTTPClientError.closed) { try await get("") }
      await #expect(throws: HTTPClientError.self) { try await get("SSH-2.0-x\r\n\r\n") }
      client.close()
      listener.close()
    }
  }

  @Test("Python's server and this client understand each other")
  func python() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("from python", to: "a.txt")
    let script = """
      import http.server, functools, sys
      handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
      server = http.server.HTTPServer(("127.0.0.1", 0), handler)
      print(server.server_address[1], flush=True)
      server.handle_request(); server.handle_request()
      """
    let peer = try PythonPeer(script: script, arguments: [directory.path])
    defer { peer.stop() }
    let port = try await peer.line()
    try await withLoops { loops in
      let client = HTTPClient(loops: loops)
      let found = try await client.send(.init(url: HTTPURL("http://127.0.0.1:\(port)/a.txt")))
      #expect(String(decoding: found.body, as: UTF8.self) == "from python")
      let missing = try await client.send(.init(url: HTTPURL("http://127.0.0.1:\(port)/b.txt")))
      #expect(missing.status == 404)
      client.close()
    }
  }
}

/// Answers the first bytes with a text, and ends.
private final class ScriptedAnswer: ByteStreamHandler {
  private let answer: String

  init(_ answer: String) { self.answer = answer }

  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
    stream.write(Array(answer.utf8))
    stream.closeAfterFlush(deadline: .seconds(5))
  }

  func streamDrained(_ stream: ByteStream) {}
  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed) {}
}
