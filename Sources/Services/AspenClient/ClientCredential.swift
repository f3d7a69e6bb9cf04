import AspenHTTP
package import AspenModel

/// How a client proves who it is.
package enum ClientCredential: Sendable, Hashable {
  case none
  /// An access token, sent as a bearer.
  case token(Secret)
  /// The session of somebody who signed in: the value of its cookie.
  case session(Secret)

  /// The cookie that carries a session.
  package static let sessionCookie = "aspen_session"

  /// Adds what proves it. `origin` is the controller's own: a session counts only together with it,
  /// so that no other page can use the cookie.
  func prove(in headers: inout HTTPHeaders, origin: String) {
    switch self {
    case .none: break
    case .token(let token): headers.set("Authorization", "Bearer \(token.revealed)")
    case .session(let session):
      headers.set("Cookie", "\(Self.sessionCookie)=\(session.revealed)")
      headers.set("Origin", origin)
    }
  }

  /// The session that an answer's Set-Cookie fields begin (RFC 6265 5.2).
  static func session(settingCookies fields: [String]) -> Secret? {
    let prefix = sessionCookie + "="
    for field in fields {
      let pair = field.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
      let text = pair.drop { $0 == " " }
      if text.hasPrefix(prefix), text.count > prefix.count {
        return Secret(String(text.dropFirst(prefix.count)))
      }
    }
    return nil
  }
}
