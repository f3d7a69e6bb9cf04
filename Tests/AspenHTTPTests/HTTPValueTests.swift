import AspenNet
import Testing

@testable import AspenHTTP

@Suite("HTTP headers")
struct HTTPHeadersTests {
  @Test("names compare without case and keep their order")
  func lookUp() {
    var headers: HTTPHeaders = ["Accept": "a", "X-One": "1", "accept": "b"]
    #expect(headers["ACCEPT"] == "a")
    #expect(headers.all("Accept") == ["a", "b"])
    headers.set("accept", "c")
    #expect(headers.map(\.name) == ["X-One", "accept"])
    headers["X-One"] = nil
    #expect(headers.count == 1 && headers["X-One"] == nil)
    #expect(headers == ["ACCEPT": "c"])
  }

  @Test("a value cannot start another field")
  func injection() {
    var headers = HTTPHeaders()
    headers.add("X", "a\r\nSet-Cookie: b\0")
    #expect(headers["X"] == "a  Set-Cookie: b ")
  }

  @Test("list elements are found")
  func tokens() {
    let headers: HTTPHeaders = ["Connection": "keep-alive, Upgrade", "Connection": " x "]
    #expect(headers.contains("connection", token: "upgrade"))
    #expect(headers.contains("connection", token: "X"))
    #expect(!headers.contains("connection", token: "up"))
  }
}

@Suite("HTTP request target")
struct HTTPTargetTests {
  @Test(
    "a path is cut at slashes and decoded",
    arguments: [
      ("/", []), ("/a", ["a"]), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("//a", ["", "a"]),
      ("/a%2Fb/%C3%A4", ["a/b", "ä"]), ("/a?x=/y", ["a"]), ("/a+b", ["a+b"]),
      ("http://h:1/a/b?c", ["a", "b"]), ("https://h", []),
    ])
  func segments(target: String, expected: [String]) throws {
    #expect(try HTTPTarget(target, method: "GET").segments == expected)
  }

  @Test("a query is decoded")
  func query() throws {
    let request = try HTTPRequest(
      target: "/a?x=1&y=a+b%26&z&=q&&x=2", peer: SocketAddress(unixPath: "/x"))
    #expect(
      request.query == [
        .init(name: "x", value: "1"), .init(name: "y", value: "a b&"), .init(name: "z", value: ""),
        .init(name: "", value: "q"), .init(name: "x", value: "2"),
      ])
    #expect(request.path == "/a")
  }
}

@Suite("HTTP address")
struct HTTPURLTests {
  @Test("addresses are taken apart")
  func parts() throws {
    let plain = try HTTPURL("http://Example.com/a?b#c")
    #expect(plain.host == "example.com" && plain.port == 80 && plain.pathAndQuery == "/a?b")
    #expect(plain.hostField == "example.com" && !plain.isTLS)
    let six = try HTTPURL("wss://[::1]:8443")
    #expect(six.host == "::1" && six.port == 8443 && six.isTLS && six.pathAndQuery == "/")
    #expect(six.hostField == "[::1]:8443" && "\(six)" == "wss://[::1]:8443/")
    let unix = try HTTPURL("http+unix://%2Frun%2Fa.sock/v1")
    #expect(unix.unixPath == "/run/a.sock" && unix.pathAndQuery == "/v1")
    #expect(try HTTPURL("https://a?q").pathAndQuery == "/?q")
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "a", "ftp://a", "http://", "http://a b/", "http://a:0/", "http://a:70000/", "http://a:x/",
      "http://u:p@a/", "http://[::1/", "http://a/ä", "http://a_/\r\n", "http+unix:///v1",
    ])
  func refused(text: String) {
    #expect(throws: HTTPClientError.self) { try HTTPURL(text) }
  }
}

@Suite("HTTP date")
struct HTTPDateTests {
  @Test(
    "dates follow the calendar",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ])
  func text(second: Int, expected: String) {
    #expect(HTTPDate.text(second: second) == expected)
  }
}

@Suite("HTTP response encoder")
struct HTTPResponseEncoderTests {
  private func encode(
    _ response: HTTPResponse, keepAlive: Bool = true, isHead: Bool = false, minorVersion: Int = 1
  ) -> String {
    let (head, rest) = HTTPResponseEncoder.encode(
      response,
      .init(
        requestID: "id", dateLine: Array("Date: now\r\n".utf8), keepAlive: keepAlive,
        isHead: isHead, minorVersion: minorVersion))
    return String(decoding: head + rest, as: UTF8.self)
  }

  @Test("the connection's own fields are written once")
  func ownFields() {
    let response = HTTPResponse(
      status: 200, headers: ["Content-Length": "9", "connection": "x", "A": "b", "DATE": "y"],
      body: Array("hi".utf8))
    #expect(
      encode(response)
        == "HTTP/1.1 200 OK\r\nDate: now\r\nX-Request-Id: id\r\nA: b\r\nContent-Length: 2\r\n\r\nhi"
    )
    #expect(encode(response, keepAlive: false).contains("\r\nConnection: close\r\n"))
    #expect(encode(response, minorVersion: 0).contains("\r\nConnection: keep-alive\r\n"))
  }

  @Test("HEAD, 204 and 304 have no body")
  func noBody() {
    let body = Array("hi".utf8)
    #expect(
      encode(HTTPResponse(status: 200, body: body), isHead: true).hasSuffix(
        "Content-Length: 2\r\n\r\n"))
    #expect(!encode(HTTPResponse(status: 204, body: body)).contains("Content-Length"))
    #expect(encode(HTTPResponse(status: 304, body: body)).hasSuffix("\r\n\r\n"))
  }

  @Test("a problem is JSON whatever its detail holds")
  func problem() {
    let response = HTTPResponse.problem(status: 404, detail: "no \"x\"\n\\ä")
    #expect(response.headers["Content-Type"] == "application/problem+json")
    #expect(
      String(decoding: response.body, as: UTF8.self)
        == #"{"type":"about:blank","title":"Not Found","status":404,"#
        + #""detail":"no \"x\"\u000a\\ä"}"#)
  }
}

@Suite("HTTP response reader")
struct HTTPResponseReaderTests {
  @Test(
    "a response is the same at every split point",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n"
        + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
      "HTTP/1.0 200\r\n\r\nhello",
    ])
  func splits(text: String) throws {
    let bytes = Array(text.utf8)
    for split in 0...bytes.count {
      var reader = HTTPResponseReader(isHead: false, bodyBytes: 100)
      var response = try reader.received(Array(bytes[..<split]))
      if response == nil { response = try reader.received(Array(bytes[split...])) }
      response = response ?? reader.ended()
      #expect(response?.status == 200, "split at \(split)")
      #expect(response?.body == Array("hello".utf8))
    }
  }

  @Test("what does not belong to the response forbids reuse")
  func rest() throws {
    var reader = HTTPResponseReader(isHead: false, bodyBytes: 100)
    let bytes = Array("HTTP/1.1 204 No Content\r\n\r\nextra".utf8)
    #expect(try reader.received(bytes)?.status == 204)
    #expect(!reader.keepAlive)
    #expect(reader.takeRest() == Array("extra".utf8))
  }

  @Test(
    "a malformed response throws",
    arguments: [
      "HTTP/1.1 abc\r\n\r\n12345678", "HTTP/2 200 OK\r\n\r\n1234", "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 5\n\n",
    ])
  func malformed(text: String) {
    var reader = HTTPResponseReader(isHead: false, bodyBytes: 100)
    #expect(throws: HTTPParseError.self) {
      try reader.received(Array((text + "\r\n\r\n").utf8))
    }
  }
}

extension HTTPResponseReader {
  /// Expectations cannot hold a span.
  fileprivate mutating func received(_ bytes: [UInt8]) throws -> HTTPResponse? {
    try received(bytes.span)
  }
}
