import AspenCrypto
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Glibc
import Testing

/// Tests of the process's descriptors, each in a process of its own.
@Suite("Descriptors")
struct DescriptorTests {
  @Test("a listener survives a process without descriptors, and accepts when there are some again")
  func outOfDescriptors() async throws {
    await #expect(processExitsWith: .success) {
      let lines = Collected<[String]>()
      try await withLoops { loops in
        let server = try TestServer(loops: loops, log: Log.make("test") { lines.append($0) })
        let before = try BlockingSocket(connectingTo: server.address)
        try before.write([1])
        #expect(try before.read() == [1])
        // The peers have their sockets already; the server gets none.
        let peers = try (0..<3).map { _ in try BlockingSocket() }
        var limit = rlimit(rlim_cur: 128, rlim_max: 128)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        var fillers: [Int32] = []
        while case let fd = dup(0), fd >= 0 { fillers.append(fd) }
        #expect(errno == EMFILE)
        for peer in peers { try peer.connect(to: server.address) }
        // Not waitUntil: libdispatch opens descriptors for its timers, and traps if it gets none.
        for _ in 0..<2_000 where lines.value.isEmpty {
          try await loops[0].sleep(for: .milliseconds(10))
        }
        try await loops[0].sleep(for: .milliseconds(250))
        #expect(server.streams.value.count == 1)
        try before.write([2])
        #expect(try before.read() == [2])
        for fd in fillers { close(fd) }
        for peer in peers {
          try peer.write([3])
          #expect(try peer.read() == [3])
        }
      }
      // Once, not for each attempt.
      #expect(lines.value.count == 1)
      #expect(lines.value.first?.contains("Too many open files") == true)
    }
  }

  @Test("streams, failed connects, refused handshakes and loops leave no descriptor open")
  func noLeak() async throws {
    await #expect(processExitsWith: .success) {
      let certificate = try await TestCertificate.make()
      try await Self.everyEnding(certificate)
      let before = Self.openDescriptors()
      for _ in 0..<20 { try await Self.everyEnding(certificate) }
      try await waitUntil("the loops' ends") { Self.openDescriptors() <= before }
    }
  }

  private static func openDescriptors() -> Int {
    (0..<1_024).count { fcntl(Int32($0), F_GETFD) != -1 }
  }

  /// One stream for each way to end.
  private static func everyEnding(_ certificate: TestCertificate) async throws {
    try await withLoops(2) { loops in
      let server = try TestServer(loops: loops)
      let tlsServer = try TestServer(
        loops: loops,
        tls: try TLSServerContext(
          certificateChainFile: certificate.certificateFile, privateKeyFile: certificate.keyFile))
      let tls = try TLSClientContext(trust: .file(certificate.authorityFile))
      let address = server.address
      for reason in [StreamClosed.local, .reset, .timeout] {
        let stream = try await Connector.connect(to: address, timeout: .seconds(9), on: loops[0])
        try await loops[0].run { stream.close(reason) }
      }
      try BlockingSocket(connectingTo: address).reset()
      let good = try await Connector.connect(
        to: tlsServer.address, tls: (tls, serverName: "localhost"), timeout: .seconds(9),
        on: loops[1])
      try await loops[1].run { good.closeAfterFlush(deadline: .milliseconds(5)) }
      await #expect(throws: NetError.self) {
        try await Connector.connect(
          to: tlsServer.address, tls: (tls, serverName: "other"), timeout: .seconds(9),
          on: loops[1])
      }
      // The echo of its own hello is no answer.
      await #expect(throws: NetError.self) {
        try await Connector.connect(
          to: address, tls: (tls, serverName: "other"), timeout: .seconds(9), on: loops[1])
      }
      try await loops[0].run { server.listener.close() }
      await #expect(throws: NetError.connectionRefused) {
        try await Connector.connect(to: address, timeout: .seconds(9), on: loops[0])
      }
    }
  }
}
