import AspenNet
import AspenTestSupport
import Glibc
import Testing

@Suite("Connecting")
struct ConnectorTests {
  @Test("a port without a listener is refused")
  func refused() async throws {
    try await withLoops { loops in
      let listener = try Listener(
        address: try SocketAddress(ip: "127.0.0.1", port: 0), loops: loops
      ) { _ in }
      let address = listener.address
      try await loops[0].run { listener.close() }
      let error = await #expect(throws: NetError.self) {
        try await Connector.connect(to: address, timeout: .seconds(10), on: loops[0])
      }
      #expect(error == .connectionRefused)
      #expect(error?.description == "connection refused")
    }
  }

  @Test("a unix socket that does not exist is refused")
  func missingUnixSocket() async throws {
    let directory = try TemporaryDirectory()
    try await withLoops { loops in
      await #expect(throws: NetError.connectionRefused) {
        try await Connector.connect(
          to: SocketAddress(unixPath: directory.file("none")), timeout: .seconds(10), on: loops[0])
      }
    }
  }

  @Test("a unix path that is too long is an error in words")
  func longUnixPath() async throws {
    try await withLoops { loops in
      let error = await #expect(throws: NetError.self) {
        try await Connector.connect(
          to: SocketAddress(unixPath: "/" + String(repeating: "x", count: 200)),
          timeout: .seconds(10), on: loops[0])
      }
      #expect(error?.description == "unix socket path: File name too long")
    }
  }

  /// A TCP port whose backlog is full, so that further connections wait.
  private func withFullListener(
    _ body: (SocketAddress) async throws -> Void
  ) async throws {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    defer { close(fd) }
    var system = sockaddr_in()
    system.sin_family = sa_family_t(AF_INET)
    system.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &system) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(fd, $0, length)
        _ = listen(fd, 0)
        _ = getsockname(fd, $0, &length)
      }
    }
    let address = try SocketAddress(ip: "127.0.0.1", port: UInt16(bigEndian: system.sin_port))
    var fillers: [Int32] = []
    defer { for filler in fillers { close(filler) } }
    for _ in 0..<4 {
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      fillers.append(filler)
      withUnsafePointer(to: &system) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(filler, $0, length)
        }
      }
    }
    try await body(address)
  }

  @Test("a peer that does not answer meets the deadline")
  func timeout() async throws {
    try await withFullListener { address in
      try await withLoops { loops in
        let error = await #expect(throws: NetError.self) {
          try await Connector.connect(to: address, timeout: .milliseconds(100), on: loops[0])
        }
        #expect(error == .timedOut)
        #expect(error?.description == "timed out")
      }
    }
  }

  @Test("a cancelled connect ends at once")
  func cancelled() async throws {
    try await withFullListener { address in
      try await withLoops { loops in
        let task = Task {
          try await Connector.connect(to: address, timeout: .seconds(3_600), on: loops[0])
        }
        try await loops[0].sleep(for: .milliseconds(10))
        task.cancel()
        await #expect(throws: NetError.cancelled) { try await task.value }
      }
    }
  }

  @Test("a stopped loop refuses to connect")
  func stopped() async throws {
    let loop = try EventLoop(name: "stopped")
    loop.stop()
    await #expect(throws: NetError.stopped) {
      try await Connector.connect(
        to: try SocketAddress(ip: "127.0.0.1", port: 1), timeout: .seconds(1), on: loop)
    }
  }

  @Test("a host name of this machine has loopback addresses")
  func resolveLocalhost() async throws {
    let addresses = try await Resolver.resolve(host: "localhost", port: 8_080)
    #expect(!addresses.isEmpty)
    #expect(addresses.allSatisfy { $0.isLoopback && $0.port == 8_080 })
  }

  @Test("a literal address resolves to itself")
  func resolveLiteral() async throws {
    let address = try SocketAddress(ip: "192.0.2.1", port: 5)
    #expect(try await Resolver.resolve(host: "192.0.2.1", port: 5) == [address])
  }

  @Test("a name that does not exist is named in the error")
  func resolveNothing() async throws {
    let error = await #expect(throws: NetError.self) {
      try await Resolver.resolve(host: "no such host", port: 1, timeout: .seconds(10))
    }
    #expect(error?.description.contains("\"no such host\"") == true)
  }
}

@Suite("The blocking pool")
struct BlockingPoolTests {
  struct Failure: Error {}

  @Test("work runs at the same time on at most the given number of threads")
  func bounded() async throws {
    let pool = BlockingPool(name: "test", maxThreads: 3)
    let running = Collected((now: 0, most: 0))
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<30 {
        group.addTask {
          try await pool.run {
            running.update {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            usleep(2_000)
            running.update { $0.now -= 1 }
            return index
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 435)
    #expect((1...3).contains(running.value.most))
  }

  @Test("an error of the work is the caller's")
  func failing() async throws {
    let pool = BlockingPool(name: "test", maxThreads: 1)
    await #expect(throws: Failure.self) { try await pool.run { throw Failure() } }
    #expect(try await pool.run { 5 } == 5)
  }

  @Test("work beyond the bound is refused")
  func full() async throws {
    let pool = BlockingPool(name: "test", maxThreads: 1, maxWaiting: 2)
    let gate = Collected(false)
    let hasStarted = Collected(false)
    try pool.submit {
      hasStarted.update { $0 = true }
      while !gate.value { usleep(1_000) }
    }
    try await waitUntil("the thread") { hasStarted.value }
    try pool.submit {}
    try pool.submit {}
    #expect(throws: NetError.queueFull) { try pool.submit {} }
    gate.update { $0 = true }
    try await waitUntil("room") { (try? await pool.run { 1 }) == 1 }
  }

  @Test("a stopped pool finishes what waits and refuses more")
  func stopping() async throws {
    let pool = BlockingPool(name: "test", maxThreads: 2)
    let done = Collected(0)
    for _ in 0..<20 {
      try pool.submit {
        usleep(500)
        done.update { $0 += 1 }
      }
    }
    pool.stop()
    #expect(throws: NetError.stopped) { try pool.submit {} }
    try await waitUntil("the rest") { done.value == 20 }
  }
}
