/// An absolute address with the schemes http, https, ws and wss; with `+unix` behind http or ws the
/// host is the percent-encoded path of a socket: `http+unix://%2Frun%2Faspen.sock/v1/health`.
package struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
  /// `http`, `https`, `ws` or `wss`.
  package let scheme: String
  /// A name or a literal address without brackets; empty for a unix socket.
  package let host: String
  /// The port, given or the scheme's.
  package let port: UInt16
  /// The path of a unix socket.
  package let unixPath: String?
  /// What follows the authority, without a fragment; begins with a slash.
  package let pathAndQuery: String

  /// Parses an address; user information is refused, since it would end up in logs.
  package init(_ string: String) throws(HTTPClientError) {
    func invalid(_ why: String) -> HTTPClientError { .invalidURL(string, why) }
    guard let separator = string.firstRange(of: "://") else {
      throw invalid("it has no scheme")
    }
    var scheme = string[..<separator.lowerBound].lowercased()
    let isUnix = scheme.hasSuffix("+unix")
    if isUnix { scheme.removeLast(5) }
    guard ["http", "https", "ws", "wss"].contains(scheme) else {
      throw invalid("its scheme is none of http, https, ws and wss")
    }
    self.scheme = scheme
    var rest = string[separator.upperBound...]
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw invalid("it has characters that must be percent-encoded")
    }
    if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let path = rest[end...]
    pathAndQuery = path.first == "/" ? String(path) : "/" + path
    let authority = rest[..<end]
    guard !authority.contains("@") else { throw invalid("it has user information") }
    if isUnix {
      guard let decoded = HTTPSyntax.percentDecoded(authority.utf8), !decoded.isEmpty else {
        throw invalid("its socket path is malformed")
      }
      (host, port, unixPath) = ("", 0, decoded)
      return
    }
    unixPath = nil
    let split = try Self.split(authority, invalid)
    host = split.host.lowercased()
    port = split.port ?? (scheme == "https" || scheme == "wss" ? 443 : 80)
  }

  private static func split(
    _ authority: Substring, _ invalid: (String) -> HTTPClientError
  ) throws(HTTPClientError) -> (host: Substring, port: UInt16?) {
    let host: Substring
    var tail: Substring
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else { throw invalid("it lacks a ]") }
      host = authority[authority.index(after: authority.startIndex)..<bracket]
      tail = authority[authority.index(after: bracket)...]
      guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw invalid("its host is no IPv6 address")
      }
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      host = authority[..<colon]
      tail = authority[colon...]
      guard !host.isEmpty,
        host.utf8.allSatisfy({ byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
          default: false
          }
        })
      else { throw invalid("its host is malformed") }
    }
    guard !tail.isEmpty else { return (host, nil) }
    guard tail.removeFirst() == ":", tail.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(tail), port > 0
    else { throw invalid("its port is malformed") }
    return (host, port)
  }

  /// Whether TLS is spoken.
  package var isTLS: Bool { scheme == "https" || scheme == "wss" }

  /// The Host field's value.
  package var hostField: String {
    guard unixPath == nil else { return "localhost" }
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// The address in text.
  package var description: String {
    guard let unixPath else { return "\(scheme)://\(hostField)\(pathAndQuery)" }
    return "\(scheme)+unix://\(unixPath.replacing("/", with: "%2F"))\(pathAndQuery)"
  }
}
