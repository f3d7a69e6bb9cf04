/// Finds the end of a head, and takes request and response heads apart (RFC 9112 2 to 6).
///
/// | rule | otherwise |
/// |---|---|
/// | lines end with CRLF; no lone LF, no folded line | 400 |
/// | method and names are tokens, no space before the colon | 400 |
/// | target of visible ASCII, HTTP/1.0 or HTTP/1.1 | 400, 505 |
/// | one Host (HTTP/1.1), one digits-only Content-Length, never with Transfer-Encoding | 400 |
/// | Transfer-Encoding is `chunked` alone | 501 |
/// | head and number of fields within the limits | 414, 431 |
package struct HTTPHeadParser: Sendable {
  /// Limits of a head.
  package struct Limits: Sendable {
    /// The most bytes of a head, its empty line included.
    package var headBytes: Int
    /// The most fields.
    package var headers: Int

    /// Both limits.
    package init(headBytes: Int = 16 * 1024, headers: Int = 64) {
      self.headBytes = headBytes
      self.headers = headers
    }
  }

  let limits: Limits
  /// Bytes already searched, and where the line being searched begins.
  private var searched = 0
  private var lineStart = 0

  /// A parser for one head after another.
  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// The size of the head at the front of `bytes`, nil when its end has not arrived. Call again
  /// with the same bytes and more behind them: nothing is searched twice.
  package mutating func headEnd(_ bytes: Span<UInt8>) throws(HTTPParseError) -> Int? {
    let end = min(bytes.count, limits.headBytes)
    while searched < end {
      guard bytes[searched] == HTTPSyntax.lineFeed else {
        searched &+= 1
        continue
      }
      guard searched > lineStart, bytes[searched &- 1] == HTTPSyntax.carriageReturn else {
        throw HTTPParseError("A line of the head does not end with CR LF.")
      }
      searched &+= 1
      if searched &- lineStart == 2 {
        let size = searched
        reset()
        return size
      }
      lineStart = searched
    }
    if bytes.count >= limits.headBytes {
      throw lineStart == 0
        ? HTTPParseError(status: 414, "The request line is too long.")
        : HTTPParseError(status: 431, "The head is larger than \(limits.headBytes) bytes.")
    }
    return nil
  }

  /// Forgets what was searched: the next head begins.
  package mutating func reset() {
    searched = 0
    lineStart = 0
  }

  /// The fields in `range`, which ends with the empty line.
  func fields(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) -> HTTPHeaders {
    let base = range.lowerBound
    var fields: [HTTPHeaders.Field] = []
    var position = base
    let end = range.upperBound - 2
    while position < end {
      if fields.isEmpty { fields.reserveCapacity(16) }
      guard fields.count < limits.headers else {
        throw HTTPParseError(status: 431, "The head has more than \(limits.headers) fields.")
      }
      let nameStart = position
      while position < end, HTTPSyntax.isToken(bytes[position]) { position &+= 1 }
      guard position > nameStart, bytes[position] == UInt8(ascii: ":") else {
        throw HTTPParseError("A header field has no valid name.")
      }
      let nameEnd = position
      position &+= 1
      while Self.isBlank(bytes[position]) { position &+= 1 }
      let valueStart = position
      while HTTPSyntax.isFieldText(bytes[position]) { position &+= 1 }
      guard bytes[position] == HTTPSyntax.carriageReturn,
        bytes[position &+ 1] == HTTPSyntax.lineFeed
      else {
        throw HTTPParseError("A header field has a control character.")
      }
      var valueEnd = position
      while valueEnd > valueStart, Self.isBlank(bytes[valueEnd &- 1]) { valueEnd &-= 1 }
      position &+= 2
      fields.append(
        .init(
          nameStart: UInt32(nameStart - base), nameCount: UInt32(nameEnd - nameStart),
          valueStart: UInt32(valueStart - base), valueCount: UInt32(valueEnd - valueStart)))
    }
    let copy = bytes.extracting(range).withUnsafeBufferPointer { Array($0) }
    return HTTPHeaders(bytes: copy, fields: fields)
  }

  /// The minor version of `HTTP/1.x` in `range`.
  static func minorVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) -> Int
  {
    let start = range.lowerBound
    guard range.count == 8, HTTPSyntax.equals(bytes, start..<start + 5, lowercase: "http/"),
      bytes[start] == UInt8(ascii: "H"), bytes[start + 3] == UInt8(ascii: "P"),
      bytes[start + 1] == UInt8(ascii: "T"), bytes[start + 2] == UInt8(ascii: "T"),
      bytes[start + 6] == UInt8(ascii: "."),
      (0x30...0x39).contains(bytes[start + 5]), (0x30...0x39).contains(bytes[start + 7])
    else {
      throw HTTPParseError("The HTTP version is malformed.")
    }
    guard bytes[start + 5] == UInt8(ascii: "1"), bytes[start + 7] <= UInt8(ascii: "1") else {
      throw HTTPParseError(status: 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    }
    return Int(bytes[start + 7] - 0x30)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
