import AspenHTTP
import AspenModel

/// The cookie of a person's session (RFC 6265). Scripts cannot read it and other sites do not send it.
enum SessionCookie {
  static let name = "aspen_session"

  /// The secret in a request's cookies.
  static func secret(of request: HTTPRequest) -> String? {
    for header in request.headers.all("cookie") {
      for pair in header.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, String(parts[0]).trimmingSpaces == name else { continue }
        return String(parts[1]).trimmingSpaces
      }
    }
    return nil
  }

  /// The field that hands the secret to the browser.
  static func setting(_ secret: Secret, lifetime: Duration, isTLS: Bool) -> String {
    "\(name)=\(secret.revealed); Path=/; HttpOnly; SameSite=Strict"
      + "; Max-Age=\(lifetime.components.seconds)" + (isTLS ? "; Secure" : "")
  }

  /// The field that takes it away.
  static let clearing = "\(name)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"

  /// Whether a request that a cookie proves comes from a page of this server. A browser tells the origin
  /// with everything that could change something and with every WebSocket; a foreign page cannot forge
  /// it. Reads need none: their answers are closed to foreign pages.
  static func isFromOwnPage(_ request: HTTPRequest) -> Bool {
    let isRead = request.method == "GET" || request.method == "HEAD"
    if isRead, request.headers["upgrade"] == nil { return true }
    guard let origin = request.headers["origin"], let host = request.headers["host"] else {
      return false
    }
    let schemes = ["https://", "http://"]
    return schemes.contains { origin.lowercased() == $0 + host.lowercased() }
  }
}
