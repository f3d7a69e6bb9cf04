import Foundation

/// A port of 127.0.0.1 that takes connections and then says nothing, or one fixed answer.
final class SilentListener: Sendable {
  let port: UInt16
  private let descriptor: Int32

  /// With an `answer`, one thread answers the first request of each connection and closes.
  init(answer: String? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    guard code else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    guard let answer else { return }
    Thread.detachNewThread {
      while true {
        let peer = accept(descriptor, nil, nil)
        guard peer >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = recv(peer, &buffer, buffer.count, 0)
        _ = Array(answer.utf8).withUnsafeBytes {
          send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        close(peer)
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// A port where nothing listens.
  static func freePort() throws -> UInt16 { try SilentListener().port }
}

/// This machine's TCP sockets, from /proc/net/tcp.
enum OpenSockets {
  /// Sockets that a process holds and whose peer is 127.0.0.1:`port`.
  static func count(toPort port: UInt16) throws -> Int {
    let peer = "0100007F:" + String(format: "%04X", Int(port))
    // Such a file has no size, so it is read to its end rather than by its length.
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/net/tcp"))
    let table = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    return table.split(separator: "\n").dropFirst().count { line in
      let fields = line.split(separator: " ")
      // Column 10 is the inode: 0 once no process has the socket any more.
      return fields.count > 9 && fields[2] == peer && fields[9] != "0"
    }
  }
}
