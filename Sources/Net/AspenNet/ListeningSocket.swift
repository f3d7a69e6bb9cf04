import CLinux
import Glibc

/// Binding a socket to an address.
enum ListeningSocket {
  /// A listening socket. A unix socket file whose process is gone is removed first; one that somebody
  /// listens on, or any other file, stays and is an error.
  static func open(at address: SocketAddress, backlog: Int) throws(NetError) -> Socket {
    let socket = try Socket(for: address)
    let fd = socket.fd
    if !address.isUnix { _ = aspen_set_socket_option(fd, SO_REUSEADDR, 1) }
    var code = try bind(fd, address)
    if code == EADDRINUSE, case .unix(let path) = address.storage, try isStale(address, path: path)
    {
      unlink(path)
      code = try bind(fd, address)
    }
    guard code == 0 else { throw NetError(errno: code, call: "bind \(address)") }
    guard listen(fd, Int32(clamping: backlog)) == 0 else {
      throw NetError(errno: errno, call: "listen \(address)")
    }
    return socket
  }

  private static func bind(_ fd: Int32, _ address: SocketAddress) throws(NetError) -> Int32 {
    try address.withSystemAddress { Glibc.bind(fd, $0, $1) == 0 ? 0 : errno }
  }

  private static func isStale(_ address: SocketAddress, path: String) throws(NetError) -> Bool {
    guard UnixSocketFile(address) != nil else { return false }
    let probe = try Socket(for: address)
    let fd = probe.fd
    return try address.withSystemAddress { connect(fd, $0, $1) != 0 && errno == ECONNREFUSED }
  }
}

/// The file of a bound unix socket, known by its inode, so that a successor's file is never removed.
struct UnixSocketFile: Hashable, Sendable {
  private let path: String
  private let device: UInt
  private let inode: UInt

  /// The socket file at the address; nil if there is none.
  init?(_ address: SocketAddress) {
    guard case .unix(let path) = address.storage else { return nil }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    self.path = path
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }

  func remove() {
    if UnixSocketFile(SocketAddress(unixPath: path)) == self { unlink(path) }
  }
}
