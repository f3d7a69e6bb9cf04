import AspenCrypto
import AspenNet
import AspenTestSupport
import Testing

@Suite("TLS streams")
struct TLSStreamTests {

  private static func server(
    _ certificate: TestCertificate, loops: [EventLoop],
    handler: @escaping @Sendable () -> Recorder = Recorder.echo
  ) throws -> TestServer {
    try TestServer(
      loops: loops,
      tls: try TLSServerContext(
        certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile,
        alpn: ["http/1.1"]), handler: handler)
  }

  private static func connect(
    _ certificate: TestCertificate, to address: SocketAddress, name: String = "localhost",
    versions: TLSVersions = .all, on loop: EventLoop, timeout: Duration = .seconds(20)
  ) async throws -> ByteStream {
    let context = try TLSClientContext(
      trust: .file(certificate.authorityFile), alpn: ["http/1.1"], versions: versions)
    return try await Connector.connect(
      to: address, tls: (context, serverName: name), timeout: timeout, on: loop)
  }

  @Test("a megabyte is echoed", arguments: [TLSVersions.only12, .only13])
  func echo(versions: TLSVersions) async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops(2) { loops in
      let server = try Self.server(certificate, loops: loops)
      let stream = try await Self.connect(
        certificate, to: server.address, versions: versions, on: loops[0])
      #expect(stream.isTLS)
      let recorder = Recorder()
      let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ $0 >> 9) }
      let version = try await loops[0].run {
        stream.handler = recorder
        stream.write(Array(sent[..<4]))
        stream.write(sent[4..<500_000])
        for start in stride(from: 500_000, to: 1_000_000, by: 1_000) {
          stream.write(sent[start..<(start + 1_000)])
        }
        return stream.tlsVersion
      }
      #expect(version == (versions == .only12 ? "TLSv1.2" : "TLSv1.3"))
      try await waitUntil("the echo") { recorder.byteCount == sent.count }
      #expect(recorder.bytes == sent)
      #expect(try await loops[0].run { stream.negotiatedProtocol } == "http/1.1")
      try await loops[0].run { stream.close(.local) }
    }
  }

  @Test("closing tells the peer in order, on both sides")
  func orderlyClose() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops(2) { loops in
      let served = Recorder()
      let server = try Self.server(certificate, loops: loops) { served }
      let stream = try await Self.connect(certificate, to: server.address, on: loops[0])
      let recorder = Recorder()
      try await loops[0].run {
        stream.handler = recorder
        stream.write([1, 2, 3])
        stream.closeAfterFlush(deadline: .seconds(20))
      }
      try await waitUntil("the ends") { served.closes.count == 1 && recorder.closes.count == 1 }
      #expect(served.bytes == [1, 2, 3])
      #expect(served.closes == [.endOfFile])
      #expect(recorder.closes == [.local])
    }
  }

  @Test("a peer that vanishes without the closing alert is a reset")
  func truncated() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops(2) { loops in
      let served = Recorder()
      let server = try Self.server(certificate, loops: loops) { served }
      let stream = try await Self.connect(certificate, to: server.address, on: loops[0])
      try await loops[0].run { stream.close(.reset) }
      try await waitUntil("the end") { served.closes == [.reset] }
    }
  }

  @Test("a client that reads nothing until later gets everything")
  func backPressure() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops(2) { loops in
      let served = Recorder()
      let server = try Self.server(certificate, loops: loops) { served }
      let stream = try await Self.connect(certificate, to: server.address, on: loops[0])
      try await waitUntil("the server's end") { server.streams.value.count == 1 }
      let source = try #require(server.streams.value.first)
      let sent = [UInt8](repeating: 3, count: 12_000_000)
      let recorder = Recorder()
      try await loops[0].run {
        stream.handler = recorder
        stream.pauseReading()
      }
      try await source.loop.run { source.write(sent) }
      try await source.loop.sleep(for: .milliseconds(50))
      #expect(recorder.byteCount == 0)
      #expect(try await source.loop.run { source.queuedBytes } > 0)
      try await loops[0].run { stream.resumeReading() }
      try await waitUntil("all bytes") { recorder.byteCount == sent.count }
      #expect(served.drains == 1)
      try await loops[0].run { stream.close(.local) }
    }
  }

  @Test("a handler may pause within a record's delivery and miss nothing")
  func pauseInside() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops(2) { loops in
      let served = Recorder { stream, _ in
        stream.pauseReading()
        stream.loop.schedule(after: .milliseconds(1)) { stream.resumeReading() }
      }
      let server = try Self.server(certificate, loops: loops) { served }
      let stream = try await Self.connect(certificate, to: server.address, on: loops[0])
      let sent = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
      let recorder = Recorder()
      try await loops[0].run {
        stream.handler = recorder
        stream.write(sent)
      }
      try await waitUntil("all bytes") { served.byteCount == sent.count }
      #expect(served.bytes == sent)
      try await loops[0].run { stream.close(.local) }
    }
  }

  private func refusal(
    _ certificate: TestCertificate, name: String = "localhost"
  ) async throws -> NetError? {
    try await withLoops(2) { loops in
      let server = try Self.server(certificate, loops: loops)
      let error = await #expect(throws: NetError.self) {
        try await Self.connect(certificate, to: server.address, name: name, on: loops[0])
      }
      return error
    }
  }

  @Test("a server with a certificate for another name is refused")
  func wrongName() async throws {
    let error = try await refusal(try await TestCertificate.shared, name: "camera.example")
    #expect(error == .tls(.certificate("it is not for \"camera.example\"")))
  }

  @Test("a server with an expired certificate is refused")
  func expired() async throws {
    let error = try await refusal(try await TestCertificate.make(validity: .past))
    #expect(
      error?.description == "the peer's certificate was refused: certificate has expired")
  }

  @Test("a server with a self-signed certificate is refused")
  func selfSigned() async throws {
    let error = try await refusal(try await TestCertificate.make(selfSigned: true))
    #expect(error == .tls(.certificate("self-signed certificate")))
  }

  @Test("a server that is not TLS fails in words")
  func plainServer() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops { loops in
      let server = try TestServer(loops: loops) {
        Recorder { stream, _ in stream.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) }
      }
      let error = await #expect(throws: NetError.self) {
        try await Self.connect(certificate, to: server.address, on: loops[0])
      }
      #expect(error?.description == "TLS failed: wrong version number")
    }
  }

  @Test("a server that never answers the hello meets the deadline")
  func silentServer() async throws {
    let certificate = try await TestCertificate.shared
    try await withLoops { loops in
      let server = try TestServer(loops: loops) { Recorder() }
      await #expect(throws: NetError.timedOut) {
        try await Self.connect(
          certificate, to: server.address, on: loops[0], timeout: .milliseconds(100))
      }
    }
  }

  @Test("a client that is not TLS is never handed over")
  func plainClient() async throws {
    try await withLoops { loops in
      let server = try Self.server(try await TestCertificate.shared, loops: loops)
      let peer = try BlockingSocket(connectingTo: server.address)
      try peer.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
      // The alert, then the end or a reset.
      _ = try? peer.readToEnd()
      try await loops[0].run {}
      #expect(server.streams.value.isEmpty)
    }
  }
}
