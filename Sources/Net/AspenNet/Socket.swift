import CLinux
import Glibc

/// One open socket; closes it when it goes away.
struct Socket: ~Copyable {
  let fd: Int32

  init(owning fd: Int32) { self.fd = fd }

  /// A non-blocking stream socket of the address's family.
  init(for address: SocketAddress) throws(NetError) {
    fd = aspen_stream_socket(address.family)
    guard fd >= 0 else { throw NetError(errno: errno, call: "socket") }
    if !address.isUnix { _ = aspen_set_no_delay(fd) }
  }

  deinit { close(fd) }

  /// Gives up the descriptor without closing it.
  consuming func release() -> Int32 {
    let fd = fd
    discard self
    return fd
  }

  static func localAddress(of fd: Int32) -> SocketAddress? {
    address { getsockname(fd, $0, $1) }
  }

  static func peerAddress(of fd: Int32) -> SocketAddress? {
    address { getpeername(fd, $0, $1) }
  }

  private static func address(
    _ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        fill(address, &length) == 0 ? SocketAddress(address, length: length) : nil
      }
    }
  }
}
