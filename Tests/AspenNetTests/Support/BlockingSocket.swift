import AspenNet
import Glibc

/// A plain blocking socket: a peer that does only what the test says. Its calls give up after 10 s.
final class BlockingSocket {
  struct Failure: Error { let code: Int32 }

  let fd: Int32
  private(set) var isClosed = false

  init(fd: Int32) {
    self.fd = fd
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(fd, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// A TCP socket that is not connected yet.
  convenience init(receiveBuffer: Int32? = nil) throws {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard fd >= 0 else { throw Failure(code: errno) }
    self.init(fd: fd)
    if var size = receiveBuffer {
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  /// Connects to a port of this machine.
  convenience init(connectingTo address: SocketAddress, receiveBuffer: Int32? = nil) throws {
    try self.init(receiveBuffer: receiveBuffer)
    try connect(to: address)
  }

  func connect(to address: SocketAddress) throws {
    var system = sockaddr_in()
    system.sin_family = sa_family_t(AF_INET)
    system.sin_port = address.port.bigEndian
    system.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &system) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
      }
    }
    guard code == 0 else { throw Failure(code: code) }
  }

  deinit { close() }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    Glibc.close(fd)
  }

  /// Closes with a reset instead of an end.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func endWriting() { shutdown(fd, Int32(SHUT_WR)) }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Failure(code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Up to `limit` bytes; empty at the end of the stream.
  func read(limit: Int = 65_536) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = recv(fd, &buffer, limit, 0)
    guard count >= 0 else { throw Failure(code: errno) }
    return Array(buffer[..<count])
  }

  func read(exactly count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try read(limit: count - bytes.count)
      guard !more.isEmpty else { return bytes }
      bytes += more
    }
    return bytes
  }

  func readToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while case let more = try read(), !more.isEmpty { bytes += more }
    return bytes
  }
}
