/// Collects a body of known length, chunked, or until the peer closes; never more than the limit.
///
/// Chunked (RFC 9112 7.1), states and what they may go to:
/// ```
/// size ─ extension ─ sizeEnd ─┬─ data ─ dataEnd ─ dataEndLine ─ size
///                             └─ trailerStart ─┬─ trailer ─ trailerEnd ─ trailerStart
///                                              └─ lastEnd ─ done
/// ```
/// Extensions and trailers are checked for their line ends and their size, then dropped.
struct HTTPBodyDecoder: Sendable {
  private enum State: Sendable {
    case fixed, untilClose
    case size, chunkExtension, sizeEnd, data, dataEnd, dataEndLine
    case trailerStart, trailer, trailerEnd, lastEnd
    case done
  }

  /// Most bytes of one chunk's extension, and of all trailers: nobody needs either.
  private static let extensionBytes = 256
  private static let trailerBytes = 4096
  /// A peer that only announces a big body gets no more memory than this.
  private static let firstReservation = 64 * 1024

  private var state: State
  private var remaining = 0
  private var digits = 0
  private var lineBytes = 0
  private let limit: Int
  private var body: [UInt8] = []

  init(_ framing: HTTPFraming, limit: Int) throws(HTTPParseError) {
    self.limit = limit
    switch framing {
    case .none:
      state = .done
    case .length(let length):
      guard length <= limit else { throw Self.tooLarge(limit) }
      remaining = length
      state = length == 0 ? .done : .fixed
      body.reserveCapacity(min(length, Self.firstReservation))
    case .chunked: state = .size
    case .untilClose: state = .untilClose
    }
  }

  /// Whether nothing of the body is missing.
  var isDone: Bool { state == .done }

  /// Whether the end of the connection ends the body.
  var endsAtClose: Bool { state == .untilClose }

  /// Hands over what was collected.
  mutating func takeBody() -> [UInt8] {
    let result = body
    body = []
    return result
  }

  /// Consumes bytes from `position` on until the body is complete or the bytes end.
  mutating func decode(_ bytes: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) {
    while position < bytes.count {
      switch state {
      case .done: return
      case .fixed, .data:
        let count = min(remaining, bytes.count - position)
        append(bytes, position..<position + count)
        position += count
        remaining -= count
        if remaining == 0 { state = state == .fixed ? .done : .dataEnd }
      case .untilClose:
        let count = bytes.count - position
        guard body.count + count <= limit else { throw Self.tooLarge(limit) }
        append(bytes, position..<bytes.count)
        position = bytes.count
      default:
        try step(bytes[position])
        position += 1
      }
    }
  }

  private mutating func step(_ byte: UInt8) throws(HTTPParseError) {
    switch state {
    case .size: try stepSize(byte)
    case .chunkExtension:
      lineBytes += 1
      guard lineBytes <= Self.extensionBytes else {
        throw HTTPParseError("A chunk extension is too long.")
      }
      if byte == HTTPSyntax.carriageReturn {
        state = .sizeEnd
      } else if !HTTPSyntax.isFieldText(byte) {
        throw Self.malformed
      }
    case .sizeEnd:
      try expect(byte, HTTPSyntax.lineFeed)
      digits = 0
      lineBytes = 0
      state = remaining == 0 ? .trailerStart : .data
    case .dataEnd:
      try expect(byte, HTTPSyntax.carriageReturn)
      state = .dataEndLine
    case .dataEndLine:
      try expect(byte, HTTPSyntax.lineFeed)
      state = .size
    case .trailerStart where byte == HTTPSyntax.carriageReturn: state = .lastEnd
    case .trailerStart:
      guard HTTPSyntax.isToken(byte) else { throw Self.malformed }
      state = .trailer
      try countTrailer()
    case .trailer:
      try countTrailer()
      if byte == HTTPSyntax.carriageReturn {
        state = .trailerEnd
      } else if !HTTPSyntax.isFieldText(byte) {
        throw Self.malformed
      }
    case .trailerEnd:
      try expect(byte, HTTPSyntax.lineFeed)
      state = .trailerStart
    case .lastEnd:
      try expect(byte, HTTPSyntax.lineFeed)
      state = .done
    case .fixed, .untilClose, .data, .done: break
    }
  }

  private mutating func stepSize(_ byte: UInt8) throws(HTTPParseError) {
    if let digit = HTTPSyntax.hexValue(byte) {
      digits += 1
      // 8 digits are 4 GiB, beyond any limit; leading zeros count.
      guard digits <= 8 else { throw HTTPParseError("A chunk size is too long.") }
      remaining = remaining << 4 | Int(digit)
      guard body.count + remaining <= limit else { throw Self.tooLarge(limit) }
    } else {
      guard digits > 0 else { throw Self.malformed }
      switch byte {
      case HTTPSyntax.carriageReturn: state = .sizeEnd
      case UInt8(ascii: ";"): state = .chunkExtension
      default: throw Self.malformed
      }
    }
  }

  private mutating func countTrailer() throws(HTTPParseError) {
    lineBytes += 1
    guard lineBytes <= Self.trailerBytes else { throw HTTPParseError("The trailers are too long.") }
  }

  private func expect(_ byte: UInt8, _ wanted: UInt8) throws(HTTPParseError) {
    guard byte == wanted else { throw Self.malformed }
  }

  private mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    bytes.extracting(range).withUnsafeBufferPointer { body.append(contentsOf: $0) }
  }

  private static let malformed = HTTPParseError("The chunked body is malformed.")

  private static func tooLarge(_ limit: Int) -> HTTPParseError {
    HTTPParseError(status: 413, "The body is larger than \(limit) bytes.")
  }
}
