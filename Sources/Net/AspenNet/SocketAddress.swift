import CLinux
import Glibc

/// Where a stream socket listens or connects: IPv4, IPv6 or a unix path.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address family and its value. Bytes are in network order.
  package enum Storage: Hashable, Sendable {
    /// An IPv4 address.
    case ip4(bytes: InlineAddress4, port: UInt16)
    /// An IPv6 address and the interface of a link-local one.
    case ip6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// A file system path; empty for the unnamed end of a connected unix socket.
    case unix(path: String)
  }

  /// The four bytes of an IPv4 address as one big-endian number: 127.0.0.1 is 0x7F000001.
  package typealias InlineAddress4 = UInt32

  /// The address itself.
  package let storage: Storage

  /// An address from its storage.
  package init(_ storage: Storage) { self.storage = storage }

  /// Parses a literal IPv4 or IPv6 address (with or without brackets); host names are refused.
  package init(ip: String, port: UInt16) throws(NetError) {
    var text = ip
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      storage = .ip4(bytes: UInt32(bigEndian: four.s_addr), port: port)
      return
    }
    var six = in6_addr()
    guard inet_pton(AF_INET6, text, &six) == 1 else { throw .invalidAddress(ip) }
    storage = Self.storage(six, scope: 0, port: port)
  }

  /// The address of a unix socket. A path over 107 bytes is refused when it is used.
  package init(unixPath: String) {
    storage = .unix(path: unixPath)
  }

  /// The port; 0 for a unix socket.
  package var port: UInt16 {
    switch storage {
    case .ip4(_, let port), .ip6(_, _, _, let port): port
    case .unix: 0
    }
  }

  /// The literal address without port and brackets, or the path.
  package var host: String {
    switch storage {
    case .ip4(let bits, _):
      return "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    case .ip6(let high, let low, _, _):
      var address = Self.bytes(high: high, low: low)
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    case .unix(let path):
      return path
    }
  }

  /// Whether the address can be reached from this machine only.
  package var isLoopback: Bool {
    switch storage {
    case .ip4(let bits, _): bits >> 24 == 127
    case .ip6(let high, let low, _, _): high == 0 && low == 1
    case .unix: true
    }
  }

  /// Whether this is a unix socket.
  package var isUnix: Bool {
    if case .unix = storage { true } else { false }
  }

  /// `127.0.0.1:80`, `[::1]:80` or `unix:/path`.
  package var description: String {
    switch storage {
    case .ip4: "\(host):\(port)"
    case .ip6: "[\(host)]:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The address with another port; a unix address stays as it is.
  package func with(port: UInt16) -> SocketAddress {
    switch storage {
    case .ip4(let bytes, _): SocketAddress(.ip4(bytes: bytes, port: port))
    case .ip6(let high, let low, let scope, _):
      SocketAddress(.ip6(high: high, low: low, scope: scope, port: port))
    case .unix: self
    }
  }
}

// The system's forms.
extension SocketAddress {
  var family: Int32 {
    switch storage {
    case .ip4: AF_INET
    case .ip6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// Reads an address that the system filled in; nil for other families.
  init?(_ system: UnsafePointer<sockaddr>, length: socklen_t) {
    switch Int32(system.pointee.sa_family) {
    case AF_INET:
      guard length >= socklen_t(MemoryLayout<sockaddr_in>.size) else { return nil }
      let address = UnsafeRawPointer(system).loadUnaligned(as: sockaddr_in.self)
      storage = .ip4(
        bytes: UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port)
      )
    case AF_INET6:
      guard length >= socklen_t(MemoryLayout<sockaddr_in6>.size) else { return nil }
      let address = UnsafeRawPointer(system).loadUnaligned(as: sockaddr_in6.self)
      storage = Self.storage(
        address.sin6_addr, scope: address.sin6_scope_id, port: UInt16(bigEndian: address.sin6_port))
    case AF_UNIX:
      let start = MemoryLayout<sa_family_t>.size
      let bytes = UnsafeRawBufferPointer(start: system, count: Int(length)).dropFirst(start)
      storage = .unix(path: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    default:
      return nil
    }
  }

  /// Calls `body` with the form that the system takes.
  func withSystemAddress<R>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) throws(NetError) -> R {
    switch storage {
    case .ip4(let bits, let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = bits.bigEndian
      return Self.pass(&address, MemoryLayout<sockaddr_in>.size, body)
    case .ip6(let high, let low, let scope, let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = Self.bytes(high: high, low: low)
      address.sin6_scope_id = scope
      return Self.pass(&address, MemoryLayout<sockaddr_in6>.size, body)
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw .system(errno: bytes.isEmpty ? EINVAL : ENAMETOOLONG, call: "unix socket path")
      }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      return Self.pass(&address, MemoryLayout<sockaddr_un>.size, body)
    }
  }

  private static func pass<A, R>(
    _ address: inout A, _ size: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
    }
  }

  /// An IPv4 peer of a dual-stack socket arrives as ::ffff:a.b.c.d; it is the IPv4 address.
  private static func storage(_ address: in6_addr, scope: UInt32, port: UInt16) -> Storage {
    let (high, low) = withUnsafeBytes(of: address) { bytes in
      (
        UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    if high == 0, low >> 32 == 0xFFFF {
      return .ip4(bytes: UInt32(truncatingIfNeeded: low), port: port)
    }
    return .ip6(high: high, low: low, scope: scope, port: port)
  }

  private static func bytes(high: UInt64, low: UInt64) -> in6_addr {
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }
}
