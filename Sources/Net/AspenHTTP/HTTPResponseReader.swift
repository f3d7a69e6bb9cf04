/// Reads one response: interim responses (1xx) are skipped, but 101 ends it, since what follows is
/// another protocol.
///
/// ```
/// head ─┬─ (1xx) head
///       ├─ body ── done
///       └─ done
/// ```
package struct HTTPResponseReader: Sendable {
  private enum Phase: Sendable {
    case head
    case body(status: Int, HTTPHeaders, HTTPBodyDecoder)
    case done
  }

  private let isHead: Bool
  let bodyBytes: Int
  private var parser: HTTPHeadParser
  private var phase = Phase.head
  private var held: [UInt8] = []
  private var interim = 0

  /// Whether any byte of a response has arrived.
  package private(set) var hasBegun = false
  /// Whether the connection may carry another request. Valid when the response is complete.
  package private(set) var keepAlive = false

  /// Most interim responses; a server that sends only those would keep the client for ever.
  private static let maxInterim = 8

  /// A reader of the response to a request whose method is HEAD or not.
  package init(
    isHead: Bool, bodyBytes: Int,
    limits: HTTPHeadParser.Limits = .init(headBytes: 64 * 1024, headers: 256)
  ) {
    self.isHead = isHead
    self.bodyBytes = bodyBytes
    parser = HTTPHeadParser(limits: limits)
  }

  /// Bytes arrived: the response when it is complete. What is not part of it stays for `takeRest`.
  package mutating func received(_ bytes: Span<UInt8>) throws(HTTPParseError) -> HTTPResponse? {
    guard bytes.count > 0 else { return nil }
    hasBegun = true
    bytes.withUnsafeBufferPointer { held.append(contentsOf: $0) }
    while true {
      switch phase {
      case .done: return nil
      case .head:
        let whole = held
        guard let size = try parser.headEnd(whole.span) else { return nil }
        held = Array(whole[size...])
        try begin(whole.span, size)
        if case .done = phase { return finish() }
      case .body(let status, let headers, var decoder):
        phase = .done
        let whole = held
        held = []
        var position = 0
        try decoder.decode(whole.span, &position)
        if position < whole.count { held = Array(whole[position...]) }
        if decoder.isDone { return complete(status, headers, decoder.takeBody()) }
        phase = .body(status: status, headers, decoder)
        return nil
      }
    }
  }

  /// The connection ended in order: the response, if that was its end.
  package mutating func ended() -> HTTPResponse? {
    guard case .body(let status, let headers, var decoder) = phase, decoder.endsAtClose else {
      return nil
    }
    phase = .done
    keepAlive = false
    return HTTPResponse(status: status, headers: headers, body: decoder.takeBody())
  }

  /// What has come of the body since the last call, while a response of status `wanted` goes on: for
  /// bodies that do not end by themselves. The limit of the body counts what was not taken.
  package mutating func takePart(ofStatus wanted: Int) -> [UInt8]? {
    guard case .body(let status, let headers, var decoder) = phase, status == wanted else {
      return nil
    }
    // The decoder must not be held twice, or taking would copy.
    phase = .done
    let part = decoder.takeBody()
    phase = .body(status: status, headers, decoder)
    return part
  }

  /// What arrived behind the complete response.
  package mutating func takeRest() -> [UInt8] {
    defer { held = [] }
    return held
  }

  private var bodiless: HTTPResponse?

  private mutating func finish() -> HTTPResponse? {
    defer { bodiless = nil }
    return bodiless.map { complete($0.status, $0.headers, []) }
  }

  private mutating func complete(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8])
    -> HTTPResponse
  {
    phase = .done
    // Bytes that nobody asked for: the next response would be theirs.
    if !held.isEmpty { keepAlive = false }
    return HTTPResponse(status: status, headers: headers, body: body)
  }

  private mutating func begin(_ bytes: Span<UInt8>, _ size: Int) throws(HTTPParseError) {
    // HTTP/1.1 200 [phrase] CR LF
    guard size >= 14, bytes[8] == 0x20 else {
      throw HTTPParseError("The status line is malformed.")
    }
    let minorVersion = try HTTPHeadParser.minorVersion(bytes, 0..<8)
    var status = 0
    for index in 9..<12 {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { throw HTTPParseError("The status is not a number.") }
      status = status * 10 + Int(digit)
    }
    var position = 12
    while HTTPSyntax.isFieldText(bytes[position]) { position += 1 }
    guard status >= 100, bytes[12] == 0x20 || position == 12,
      bytes[position] == HTTPSyntax.carriageReturn, bytes[position + 1] == HTTPSyntax.lineFeed
    else { throw HTTPParseError("The status line is malformed.") }
    let headers = try parser.fields(bytes, position + 2..<size)
    if status < 200, status != 101 {
      interim += 1
      guard interim <= Self.maxInterim else { throw HTTPParseError("There are too many 1xx.") }
      return
    }
    let control = try HTTPControlFields(headers)
    let isPersistent = minorVersion == 1 ? !control.close : control.keepAlive && !control.close
    keepAlive = isPersistent && status != 101
    if isHead || status == 101 || status == 204 || status == 304 {
      bodiless = HTTPResponse(status: status, headers: headers)
      phase = .done
      return
    }
    let framing = control.framing ?? .untilClose
    if framing == .untilClose { keepAlive = false }
    phase = .body(status: status, headers, try HTTPBodyDecoder(framing, limit: bodyBytes))
  }
}
