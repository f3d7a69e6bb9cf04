/// A parsed request head with what it says about the connection.
struct HTTPRequestHead: Sendable {
  let method: String
  let target: HTTPTarget
  let minorVersion: Int
  var headers: HTTPHeaders
  let framing: HTTPFraming
  let keepAlive: Bool
  let expectsContinue: Bool

  /// Parses the head in the first `size` bytes; `size` comes from `HTTPHeadParser.headEnd`.
  init(_ bytes: Span<UInt8>, size: Int, parser: HTTPHeadParser) throws(HTTPParseError) {
    var position = 0
    while HTTPSyntax.isToken(bytes[position]) { position += 1 }
    guard position > 0, position <= 32, bytes[position] == 0x20 else {
      throw HTTPParseError("The method is not a token.")
    }
    let method = HTTPSyntax.text(bytes, 0..<position)
    let targetStart = position + 1
    position = targetStart
    while bytes[position] > 0x20, bytes[position] < 0x7F { position += 1 }
    guard position > targetStart, bytes[position] == 0x20 else {
      throw HTTPParseError("The request line is malformed.")
    }
    guard method != "CONNECT" else { throw HTTPParseError(status: 501, "This is not a proxy.") }
    let versionStart = position + 1
    position = versionStart
    while bytes[position] > 0x20 { position += 1 }
    guard bytes[position] == HTTPSyntax.carriageReturn,
      bytes[position + 1] == HTTPSyntax.lineFeed
    else {
      throw HTTPParseError("The request line is malformed.")
    }
    let targetText = HTTPSyntax.text(bytes, targetStart..<versionStart - 1)
    minorVersion = try HTTPHeadParser.minorVersion(bytes, versionStart..<position)
    headers = try parser.fields(bytes, position + 2..<size)
    target = try HTTPTarget(targetText, method: method)
    self.method = method

    let control = try HTTPControlFields(headers)
    if minorVersion == 0 {
      guard control.framing != .chunked else {
        throw HTTPParseError("HTTP/1.0 has no transfer encoding.")
      }
      keepAlive = control.keepAlive && !control.close
    } else {
      guard let host = control.host else { throw HTTPParseError("The Host field is missing.") }
      guard Self.isHost(headers.bytes[host]) else { throw HTTPParseError("Host is malformed.") }
      keepAlive = !control.close
    }
    // RFC 9112 3.2.2: the authority of the absolute form wins over Host.
    if let authority = target.authority { headers.set("Host", authority) }
    framing = control.framing == .length(0) ? .none : control.framing ?? .none
    if let expect = control.expect, minorVersion > 0 {
      guard HTTPSyntax.equalsIgnoringCase(headers.bytes[expect], "100-continue") else {
        throw HTTPParseError(status: 417, "Only the expectation 100-continue is known.")
      }
      expectsContinue = true
    } else {
      expectsContinue = false
    }
  }

  /// reg-name, IPv6 literal and port (RFC 3986 3.2.2); an empty Host is allowed by RFC 9112.
  private static func isHost(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"),
        UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "<"),
        UInt8(ascii: ">"), 0...0x20, 0x7F...0xFF:
        false
      default: true
      }
    }
  }
}
