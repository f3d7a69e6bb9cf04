import AspenNet
import AspenTestSupport
import Glibc
import Testing

@Suite("Listening")
struct ListenerTests {
  @Test("connections are dealt to the loops in turn")
  func deals() async throws {
    try await withLoops(3) { loops in
      let server = try TestServer(loops: loops)
      let peers = try (0..<9).map { _ in try BlockingSocket(connectingTo: server.address) }
      try await waitUntil("all streams") { server.streams.value.count == 9 }
      for loop in loops {
        #expect(server.streams.value.filter { $0.loop === loop }.count == 3)
      }
      for peer in peers {
        try peer.write([5])
        #expect(try peer.read() == [5])
      }
    }
  }

  @Test("a port in use is an error that names it")
  func inUse() async throws {
    try await withLoops { loops in
      let server = try TestServer(loops: loops)
      let error = #expect(throws: NetError.self) {
        try TestServer(at: server.address, loops: loops)
      }
      #expect(error?.description == "bind \(server.address): Address already in use")
    }
  }

  @Test("a closed listener accepts no more and keeps its streams")
  func closed() async throws {
    try await withLoops { loops in
      let server = try TestServer(loops: loops)
      let peer = try BlockingSocket(connectingTo: server.address)
      try await waitUntil("the stream") { server.streams.value.count == 1 }
      try await loops[0].run { server.listener.close() }
      #expect(throws: BlockingSocket.Failure.self) {
        try BlockingSocket(connectingTo: server.address)
      }
      try peer.write([1])
      #expect(try peer.read() == [1])
    }
  }

  @Test("a unix socket file of a dead process is replaced, and removed on close")
  func staleUnixSocket() async throws {
    let directory = try TemporaryDirectory()
    let address = SocketAddress(unixPath: directory.file("socket"))
    // Bound and closed without removing the file, as a killed process leaves it.
    let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var system = sockaddr_un()
    system.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &system.sun_path) {
      $0.copyBytes(from: Array(address.host.utf8))
    }
    withUnsafePointer(to: &system) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(fd)
    #expect(access(address.host, F_OK) == 0)
    try await withLoops { loops in
      let server = try TestServer(at: address, loops: loops)
      let stream = try await Connector.connect(to: address, timeout: .seconds(10), on: loops[0])
      try await loops[0].run {
        stream.close(.local)
        server.listener.close()
      }
      #expect(access(address.host, F_OK) != 0)
    }
  }

  @Test("a unix socket that somebody listens on is left alone")
  func livingUnixSocket() async throws {
    let directory = try TemporaryDirectory()
    let address = SocketAddress(unixPath: directory.file("socket"))
    try await withLoops { loops in
      let server = try TestServer(at: address, loops: loops)
      #expect(throws: NetError.self) { try TestServer(at: address, loops: loops) }
      let stream = try await Connector.connect(to: address, timeout: .seconds(10), on: loops[0])
      try await loops[0].run { stream.close(.local) }
      server.listener.close()
    }
  }

  @Test("a file that is not a socket is left alone")
  func otherFile() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("precious", to: "file")
    try await withLoops { loops in
      #expect(throws: NetError.self) {
        try TestServer(at: SocketAddress(unixPath: directory.file("file")), loops: loops)
      }
      #expect(access(directory.file("file"), F_OK) == 0)
    }
  }
}
