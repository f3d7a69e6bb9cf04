package import AspenNet

/// One `name=value` of a query, decoded.
package struct HTTPQueryItem: Sendable, Equatable {
  /// The decoded name.
  package let name: String
  /// The decoded value; empty without an equals sign.
  package let value: String

  /// A pair.
  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// A complete request: its body is in memory and within the server's limit.
package struct HTTPRequest: Sendable {
  /// The method as sent; methods are case-sensitive.
  package let method: String
  /// The request target as sent.
  package let target: String
  /// The path as sent, without the query.
  package let path: String
  /// The percent-decoded parts of the path between slashes.
  package let pathSegments: [String]
  /// The query as sent, without its question mark; nil without one.
  package let rawQuery: String?
  /// The header fields.
  package var headers: HTTPHeaders
  /// The body; empty without one.
  package let body: [UInt8]
  /// Who sent it.
  package let peer: SocketAddress
  /// Whether it came through TLS.
  package let isTLS: Bool
  /// Unique; the response carries it as `X-Request-Id`.
  package let id: String
  /// Keeps the connection counted while an upgraded protocol holds it.
  package let slot: HTTPConnectionSlot?

  init(
    head: HTTPRequestHead, body: [UInt8], peer: SocketAddress, isTLS: Bool, id: String,
    slot: HTTPConnectionSlot?
  ) {
    method = head.method
    target = head.target.text
    path = head.target.path
    pathSegments = head.target.segments
    rawQuery = head.target.query
    headers = head.headers
    self.body = body
    self.peer = peer
    self.isTLS = isTLS
    self.id = id
    self.slot = slot
  }

  /// A request that no socket brought, for tests of handlers. An invalid target throws.
  package init(
    method: String = "GET", target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    peer: SocketAddress, isTLS: Bool = false, id: String = "test"
  ) throws(HTTPParseError) {
    let parsed = try HTTPTarget(target, method: method)
    self.method = method
    self.target = target
    path = parsed.path
    pathSegments = parsed.segments
    rawQuery = parsed.query
    self.headers = headers
    self.body = body
    self.peer = peer
    self.isTLS = isTLS
    self.id = id
    slot = nil
  }

  /// The query taken apart at `&` and `=`, with `+` and percent escapes decoded.
  package var query: [HTTPQueryItem] {
    guard let rawQuery else { return [] }
    return rawQuery.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return HTTPQueryItem(
        name: Self.decoded(parts[0]), value: parts.count > 1 ? Self.decoded(parts[1]) : "")
    }
  }

  private static func decoded(_ text: Substring) -> String {
    // Escapes were checked when the target was parsed; only an encoded NUL remains.
    HTTPSyntax.percentDecoded(text.utf8, plusIsSpace: true, strict: false) ?? ""
  }
}
