import Testing

@testable import AspenHTTP

/// Requests that two servers could read differently, or that break the rules outright.
struct BadRequest: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let statuses: [Int]

  init(_ name: String, _ text: String, _ statuses: Int...) {
    self.name = name
    self.text = text
    self.statuses = statuses
  }

  var testDescription: String { name }

  static let all: [BadRequest] = [
    .init("lone LF lines", "GET / HTTP/1.1\nHost: a\n\n", 400),
    .init("LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
    .init("LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
    .init("lone CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
    .init("lone CR in the request line", "GET /\rHTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    .init("line folded with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", 400),
    .init("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    .init("space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    .init("tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", 400),
    .init("no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
    .init("empty name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400),
    .init("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
    .init("NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n", 400),
    .init("escape character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{1B}\r\n\r\n", 400),
    .init("DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{7F}\r\n\r\n", 400),
    .init("name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n", 400),
    .init("non-ASCII name", "GET / HTTP/1.1\r\nHost: a\r\nÄ: b\r\n\r\n", 400),
    .init("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
    .init("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    .init("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    .init("Host with user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    .init("two values in Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    .init("length and encoding", post("Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    .init("encoding and length", post("Transfer-Encoding: chunked", "Content-Length: 5"), 400),
    .init("equal lengths twice", post("Content-Length: 5", "Content-Length: 5"), 400),
    .init("different lengths", post("Content-Length: 5", "Content-Length: 6"), 400),
    .init("list of lengths", post("Content-Length: 5, 5"), 400),
    .init("plus sign", post("Content-Length: +5"), 400),
    .init("minus sign", post("Content-Length: -5"), 400),
    .init("hexadecimal length", post("Content-Length: 0x5"), 400),
    .init("fraction", post("Content-Length: 5.0"), 400),
    .init("empty length", post("Content-Length: "), 400),
    .init("space in the length", post("Content-Length: 1 0"), 400),
    .init("length beyond 64 bits", post("Content-Length: 99999999999999999999"), 400),
    .init("length with another space", post("Content-Length: \u{0B}5"), 400),
    .init("length of non-ASCII digits", post("Content-Length: ٥"), 400),
    .init("encoding twice", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    .init("identity", post("Transfer-Encoding: identity"), 501),
    .init("gzip, chunked", post("Transfer-Encoding: gzip, chunked"), 501),
    .init("chunked, identity", post("Transfer-Encoding: chunked, identity"), 501),
    .init("xchunked", post("Transfer-Encoding: xchunked"), 501),
    .init("chunked with a parameter", post("Transfer-Encoding: chunked;a"), 501),
    .init("quoted chunked", post("Transfer-Encoding: \"chunked\""), 501),
    .init("empty encoding", post("Transfer-Encoding:"), 501),
    .init("vertical tab before chunked", post("Transfer-Encoding: \u{0B}chunked"), 400),
    .init(
      "chunked in HTTP/1.0",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    .init("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    .init("version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    .init("version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    .init("version 1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    .init("no version", "GET /\r\nHost: a\r\n\r\n", 400),
    .init("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505),
    .init("two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    .init("tab between", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init(
      "endless method", "\(String(repeating: "A", count: 40)) / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    .init("target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("ftp address", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("address with user information", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("non-ASCII target", "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("cut escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("escaped NUL", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("escapes that are not UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("broken escape in the query", "GET /?a=%g HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("chunk size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
    .init("negative chunk size", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400),
    .init("space before the chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400),
    .init("space after the chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
    .init("empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400),
    .init("huge chunk size", chunked("fffffffffffffffff\r\n"), 400, 413),
    .init("chunk size ended by LF", chunked("5\nhello\r\n0\r\n\r\n"), 400),
    .init("extension ended by LF", chunked("5;a\nhello\r\n0\r\n\r\n"), 400),
    .init("extension without an end", chunked("5;" + String(repeating: "a", count: 300)), 400),
    .init("chunk longer than its size", chunked("5\r\nhello!\r\n0\r\n\r\n"), 400),
    .init("chunk ended by LF", chunked("5\r\nhello\n0\r\n\r\n"), 400),
    .init("last chunk ended by LF", chunked("5\r\nhello\r\n0\r\n\n"), 400),
    .init("trailer with a bad name", chunked("0\r\n x: y\r\n\r\n"), 400),
    .init("endless trailers", chunked("0\r\n" + String(repeating: "a: b\r\n", count: 1000)), 400),
  ]

  private static func post(_ fields: String...) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields.joined(separator: "\r\n"))\r\n\r\nhello"
      + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
  }

  private static func chunked(_ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
  }
}

@Suite("HTTP request smuggling")
struct HTTPSmugglingTests {
  @Test("a bad request is refused, and nothing behind it is read", arguments: BadRequest.all)
  func refused(bad: BadRequest) {
    let whole = outcome(of: bad.text)
    #expect(whole.requests.isEmpty, "handled: \(whole)")
    #expect(bad.statuses.contains(whole.refusal?.status ?? 0), "\(whole)")
    let bytes = Array(bad.text.utf8)
    let single = outcome(of: bytes.indices.map { bytes[$0...$0] })
    #expect(single.refusal == whole.refusal && single.requests.isEmpty)
  }
}
