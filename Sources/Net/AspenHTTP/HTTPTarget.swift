/// A request target (RFC 9112 3.2), taken apart.
struct HTTPTarget: Sendable, Equatable {
  /// As sent.
  let text: String
  /// The path as sent, without the query; `*` for `OPTIONS *`.
  let path: String
  /// After the question mark, as sent.
  let query: String?
  /// The percent-decoded parts between slashes: `/` gives none, `/a/` gives `a` and an empty one.
  let segments: [String]
  /// Of the absolute form, else nil.
  let authority: String?

  init(_ text: String, method: String) throws(HTTPParseError) {
    var rest = text[...]
    self.text = text
    guard !text.utf8.contains(UInt8(ascii: "#")) else {
      throw HTTPParseError("The request target has a fragment.")
    }
    if text == "*", method == "OPTIONS" {
      (path, query, segments, authority) = (text, nil, [], nil)
      return
    }
    if rest.utf8.first != UInt8(ascii: "/") {
      (authority, rest) = try Self.absolute(text)
    } else {
      authority = nil
    }
    if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
      query = String(rest[rest.utf8.index(after: mark)...])
      rest = rest[..<mark]
    } else {
      query = nil
    }
    path = rest.utf8.count == text.utf8.count ? text : (rest.isEmpty ? "/" : String(rest))
    segments = try Self.segments(of: path)
    if let query, query.utf8.contains(UInt8(ascii: "%")),
      HTTPSyntax.percentDecoded(query[...].utf8, strict: false) == nil
    {
      throw HTTPParseError("The query has a broken percent escape.")
    }
  }

  private static func absolute(_ text: String) throws(HTTPParseError) -> (String, Substring) {
    let lower = text.prefix(8).lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else {
      throw HTTPParseError("The request target is neither a path nor an http address.")
    }
    let rest = text.dropFirst(scheme.count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<end]
    guard !authority.isEmpty, !authority.contains("@") else {
      throw HTTPParseError("The request target has no valid host.")
    }
    return (String(authority), rest[end...])
  }

  static func segments(of path: String) throws(HTTPParseError) -> [String] {
    let utf8 = path.utf8
    guard utf8.count > 1 else { return [] }
    var result: [String] = []
    var start = utf8.index(after: utf8.startIndex)
    while true {
      let end = utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? utf8.endIndex
      let segment = path[start..<end]
      if segment.utf8.contains(UInt8(ascii: "%")) {
        guard let decoded = HTTPSyntax.percentDecoded(segment.utf8) else {
          throw HTTPParseError("The path has a broken percent escape.")
        }
        result.append(decoded)
      } else {
        result.append(String(segment))
      }
      if end == utf8.endIndex { return result }
      start = utf8.index(after: end)
    }
  }
}
