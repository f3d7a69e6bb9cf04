/// How the end of a body is known (RFC 9112 6.3).
enum HTTPFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
  /// Only responses.
  case untilClose
}

/// The fields of a head that steer the connection, read in one pass and checked strictly.
struct HTTPControlFields {
  var framing: HTTPFraming?
  var host: Range<Int>?
  var keepAlive = false
  var close = false
  var expect: Range<Int>?

  init(_ headers: HTTPHeaders) throws(HTTPParseError) {
    let bytes = headers.bytes.span
    for field in headers.fields {
      switch field.nameCount {
      case 4 where HTTPSyntax.equals(bytes, field.name, lowercase: "host"):
        guard host == nil else { throw HTTPParseError("There is more than one Host field.") }
        host = field.value
      case 6 where HTTPSyntax.equals(bytes, field.name, lowercase: "expect"):
        expect = field.value
      case 10 where HTTPSyntax.equals(bytes, field.name, lowercase: "connection"):
        keepAlive = keepAlive || headers.contains("Connection", token: "keep-alive")
        close = close || headers.contains("Connection", token: "close")
      case 14 where HTTPSyntax.equals(bytes, field.name, lowercase: "content-length"):
        guard framing == nil else {
          throw HTTPParseError("Content-Length is not the only field that frames the body.")
        }
        framing = .length(try Self.length(bytes, field.value))
      case 17 where HTTPSyntax.equals(bytes, field.name, lowercase: "transfer-encoding"):
        guard framing == nil else {
          throw HTTPParseError("Transfer-Encoding is not the only field that frames the body.")
        }
        guard HTTPSyntax.equals(bytes, field.value, lowercase: "chunked") else {
          throw HTTPParseError(status: 501, "Only the transfer encoding chunked is known.")
        }
        framing = .chunked
      default: break
      }
    }
  }

  private static func length(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError)
    -> Int
  {
    // 15 digits cannot overflow an Int and are more than any limit.
    guard (1...15).contains(range.count) else {
      throw HTTPParseError("Content-Length is not a number.")
    }
    var result = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { throw HTTPParseError("Content-Length is not a number.") }
      result = result * 10 + Int(digit)
    }
    return result
  }
}
