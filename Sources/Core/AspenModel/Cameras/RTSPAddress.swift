/// Where an RTSP camera is: parsed once, without credentials, never handed on as the user's text.
///
/// `rtsp://HOST[:PORT][/PATH][?QUERY]` (RFC 2326 3.2). Only these parts exist, so no other scheme,
/// no `concat:`-like prefix and no second address can reach the media library.
package struct RTSPAddress: Sendable, Hashable, CustomStringConvertible {
  /// A DNS name, IPv4 address, or IPv6 address without brackets.
  package let host: String
  package let port: UInt16
  /// The path and query as sent to the camera: empty, or beginning with `/` or `?`.
  package let pathAndQuery: String

  /// The port of RTSP (IANA).
  package static let defaultPort: UInt16 = 554

  /// Parses an address. User and password in it are returned apart.
  package static func parse(
    _ text: String, field: String
  ) throws(ValidationError) -> (address: RTSPAddress, credentials: Credentials?) {
    guard text.utf8.count <= 1024, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw ValidationError(
        field, "must be at most 1024 printable ASCII characters; percent-encode others")
    }
    guard let separator = text.range(of: "://") else {
      throw ValidationError(field, "must look like rtsp://HOST[:PORT]/PATH")
    }
    guard text[..<separator.lowerBound].lowercased() == "rtsp" else {
      throw ValidationError(
        field, "has the scheme '\(text[..<separator.lowerBound].prefix(32))'; only rtsp is allowed")
    }
    let rest = text[separator.upperBound...]
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let tail = rest[authorityEnd...]
    if tail.contains("#") { throw ValidationError(field, "must not have a fragment (#)") }
    var authority = rest[..<authorityEnd]
    var credentials: Credentials?
    if let at = authority.lastIndex(of: "@") {
      credentials = try Credentials.parse(userInfo: authority[..<at], field: field)
      authority = authority[authority.index(after: at)...]
    }
    let (host, port) = try parseHostAndPort(authority, field: field)
    return (RTSPAddress(host: host, port: port, pathAndQuery: String(tail)), credentials)
  }

  private init(host: String, port: UInt16, pathAndQuery: String) {
    self.host = host
    self.port = port
    self.pathAndQuery = pathAndQuery
  }

  /// `HOST:PORT`, with brackets around an IPv6 address.
  package var hostAndPort: String {
    (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }

  /// The address without credentials.
  package var description: String {
    let authority = host.contains(":") ? "[\(host)]" : host
    return "rtsp://\(authority)" + (port == Self.defaultPort ? "" : ":\(port)") + pathAndQuery
  }

  private static func parseHostAndPort(
    _ authority: Substring, field: String
  ) throws(ValidationError) -> (String, UInt16) {
    var host = authority
    var portText: Substring?
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else {
        throw ValidationError(field, "has an IPv6 address without its closing bracket")
      }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      if !after.isEmpty {
        guard after.first == ":" else { throw ValidationError(field, "has a malformed host") }
        portText = after.dropFirst()
      }
      guard host.contains(":"), host.utf8.allSatisfy(isIPv6Byte) else {
        throw ValidationError(field, "has a malformed IPv6 address")
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        portText = authority[authority.index(after: colon)...]
      }
      guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(isHostByte),
        host.first != "-", host.first != "."
      else {
        throw ValidationError(field, "has no valid host name or address")
      }
    }
    guard let portText else { return (String(host).lowercased(), defaultPort) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(portText),
      port > 0
    else {
      throw ValidationError(field, "has a port that is not a number from 1 to 65535")
    }
    return (String(host).lowercased(), port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func isIPv6Byte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x3A, 0x41...0x46, 0x61...0x66, 0x2E: true
    default: false
    }
  }
}

extension String {
  /// The first place of `other` in this text.
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(other) {
        return index..<self.index(index, offsetBy: other.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
