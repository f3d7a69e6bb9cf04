/// Writes a response head.
struct HTTPResponseEncoder {
  /// What the connection knows about the response.
  struct Context {
    let requestID: String
    /// The whole line `Date: …` with its CR LF.
    let dateLine: [UInt8]
    let keepAlive: Bool
    let isHead: Bool
    /// Of the request.
    let minorVersion: Int
  }

  /// Bodies up to this size are copied behind the head: one queue entry is cheaper than two.
  static let inlineBodyBytes = 16 * 1024

  static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// The head, with a small body behind it; `rest` is a body to be queued next, or empty.
  static func encode(_ response: HTTPResponse, _ context: Context) -> (head: [UInt8], rest: [UInt8])
  {
    let status = (100...999).contains(response.status) ? response.status : 500
    let hasNoBody = status < 200 || status == 204 || status == 304
    let sendsBody = !hasNoBody && !context.isHead
    let body = sendsBody ? response.body : []
    let isInline = body.count <= inlineBodyBytes
    var out: [UInt8] = []
    out.reserveCapacity(256 + response.headers.bytes.count + (isInline ? body.count : 0))
    out.append(contentsOf: "HTTP/1.1 ".utf8)
    append(status, to: &out)
    out.append(0x20)
    out.append(contentsOf: HTTPStatus.phrase(status).utf8)
    out.append(contentsOf: "\r\n".utf8)
    out.append(contentsOf: context.dateLine)
    out.append(contentsOf: "X-Request-Id: ".utf8)
    out.append(contentsOf: context.requestID.utf8)
    out.append(contentsOf: "\r\n".utf8)
    // RFC 9110 7.8: whoever sends Upgrade, as 426 does, names it in Connection.
    let keepsConnection = response.upgrade != nil || status == 426
    append(response.headers, keepsConnection: keepsConnection, to: &out)
    if response.upgrade == nil {
      if !hasNoBody {
        out.append(contentsOf: "Content-Length: ".utf8)
        append(response.body.count, to: &out)
        out.append(contentsOf: "\r\n".utf8)
      }
      if !context.keepAlive {
        out.append(contentsOf: "Connection: close\r\n".utf8)
      } else if context.minorVersion == 0 {
        out.append(contentsOf: "Connection: keep-alive\r\n".utf8)
      }
    }
    out.append(contentsOf: "\r\n".utf8)
    if isInline { out.append(contentsOf: body) }
    return (out, isInline ? [] : body)
  }

  private static func append(_ headers: HTTPHeaders, keepsConnection: Bool, to out: inout [UInt8]) {
    for field in headers.fields {
      switch field.nameCount {
      case 4 where headers.isName(field, "Date"),
        12 where headers.isName(field, "X-Request-Id"),
        14 where headers.isName(field, "Content-Length"),
        17 where headers.isName(field, "Transfer-Encoding"):
        continue
      case 10 where !keepsConnection && headers.isName(field, "Connection"): continue
      default:
        out.append(contentsOf: headers.bytes[field.name])
        out.append(UInt8(ascii: ":"))
        out.append(0x20)
        out.append(contentsOf: headers.bytes[field.value])
        out.append(contentsOf: "\r\n".utf8)
      }
    }
  }

  static func append(_ number: Int, to out: inout [UInt8]) {
    if number >= 10 { append(number / 10, to: &out) }
    out.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
  }
}
