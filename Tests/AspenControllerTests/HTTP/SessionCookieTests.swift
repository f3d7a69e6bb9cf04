import AspenHTTP
import AspenModel
import AspenNet
import Testing

@testable import AspenController

@Suite("Session cookie")
struct SessionCookieTests {
  private func request(_ method: String, _ headers: HTTPHeaders) throws -> HTTPRequest {
    try HTTPRequest(
      method: method, target: "/v1/cameras", headers: headers,
      peer: try SocketAddress(ip: "127.0.0.1", port: 1))
  }

  @Test("the secret is found among other cookies")
  func secret() throws {
    let request = try request("GET", ["Cookie": "a=b; aspen_session=s3cret ; c=d"])
    #expect(SessionCookie.secret(of: request) == "s3cret")
    #expect(SessionCookie.secret(of: try self.request("GET", ["Cookie": "aspen=1"])) == nil)
  }

  @Test("the cookie is closed to scripts and other sites, and to plain HTTP when there is TLS")
  func attributes() {
    let cookie = SessionCookie.setting(Secret("x"), lifetime: .seconds(60), isTLS: true)
    #expect(
      cookie == "aspen_session=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure")
  }

  @Test(
    "a change by cookie must come from a page of this server",
    arguments: [
      ("POST", "http://cam.example", true), ("POST", "https://cam.example", true),
      ("POST", "https://evil.example", false), ("POST", "null", false), ("POST", nil, false),
      ("DELETE", "https://cam.example.evil", false), ("GET", nil, true),
      ("GET", "https://evil.example", true),
    ])
  func origins(_ method: String, _ origin: String?, _ isOwn: Bool) throws {
    var headers: HTTPHeaders = ["Host": "cam.example"]
    if let origin { headers.add("Origin", origin) }
    #expect(SessionCookie.isFromOwnPage(try request(method, headers)) == isOwn)
  }

  @Test("a WebSocket by cookie must come from a page of this server")
  func upgrades() throws {
    #expect(
      !SessionCookie.isFromOwnPage(
        try request("GET", ["Host": "cam.example", "Upgrade": "websocket"])))
    #expect(
      SessionCookie.isFromOwnPage(
        try request(
          "GET",
          ["Host": "cam.example", "Upgrade": "websocket", "Origin": "http://cam.example"])))
  }
}
