import AspenAPI
import AspenCrypto
package import AspenModel

/// Requests that are alike for every kind of resource.
extension ControllerClient {
  /// The path of a kind, of one resource of it, or of what can be asked of one:
  /// `/v1/streams/yard/explain`.
  package static func path(
    of kind: ResourceKind, _ name: String? = nil, _ action: String? = nil
  ) -> String {
    ["/v1/\(kind.plural)", name.map(URLEncoding.encode), action].compactMap { $0 }
      .joined(separator: "/")
  }

  /// Reads one resource, or what is asked of it.
  package func read(
    _ kind: ResourceKind, _ name: String, _ action: String? = nil,
    query: [(name: String, value: String)] = []
  ) async throws(ClientError) -> JSONValue {
    var request = ClientRequest("GET", Self.path(of: kind, name, action))
    request.query = query
    // Advice on what is not there needs to know what was asked for.
    let id = "\(kind.rawValue)_get"
    request.subject = APIOperations.all.first { $0.id == id }
      .map { RequestSubject(operation: $0, name: name) }
    return try Self.document(try await send(request), request.path)
  }

  /// Reads a document by its path.
  package func read(
    _ path: String, query: [(name: String, value: String)] = []
  ) async throws(ClientError) -> JSONValue {
    try Self.document(try await call("GET", path, query: query), path)
  }

  /// Reads a list page after page, at most `maxItems` of it.
  package func listing(
    _ path: String, query: [(name: String, value: String)] = [], maxItems: Int = 1_000_000
  ) async throws(ClientError) -> ResourceListing {
    var listing = ResourceListing(items: [], revision: nil, isComplete: false)
    var cursor: String?
    while listing.items.count < maxItems {
      var pageQuery = query + [(name: "limit", value: String(min(maxItems, 500)))]
      if let cursor { pageQuery.append((name: "cursor", value: cursor)) }
      let page = try await read(path, query: pageQuery)
      guard let elements = page["items"]?.elements else {
        throw .unexpectedAnswer("its answer to GET \(path) is not a list")
      }
      listing.items += elements
      // What changed while later pages were read comes again from here on.
      if cursor == nil { listing.revision = page["revision"]?.wholeNumber }
      guard let next = page["next_cursor"]?.text else {
        listing.isComplete = true
        break
      }
      guard next != cursor, !elements.isEmpty else {
        throw .unexpectedAnswer("its list does not end")
      }
      cursor = next
    }
    return listing
  }

  /// Sends a change that the controller does once, though it may come twice: when the connection
  /// breaks before the answer it is sent again under the same key.
  package func sendOnce(
    _ path: String, query: [(name: String, value: String)] = [], body: JSONValue,
    timeout: Duration? = nil
  ) async throws(ClientError) -> JSONValue {
    var request = ClientRequest("POST", path)
    request.query = query
    request.body = body
    request.timeout = timeout
    request.idempotencyKey = Base64URL.encode(RandomBytes.generate(16))
    return try Self.document(try await send(request), path)
  }

  private static func document(
    _ answer: ControllerAnswer, _ path: String
  ) throws(ClientError) -> JSONValue {
    guard let json = answer.body, json.members != nil else {
      throw .unexpectedAnswer("its answer to \(path) is not an object")
    }
    return json
  }
}

/// What a list operation listed.
package struct ResourceListing: Sendable, Hashable {
  package var items: [JSONValue]
  /// Changes after this revision are not in it; nil when the controller does not say.
  package var revision: Int64?
  /// Whether there was no more.
  package var isComplete: Bool
}
