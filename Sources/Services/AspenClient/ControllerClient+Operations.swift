package import AspenAPI
import AspenCrypto
package import AspenModel

extension ControllerClient {
  /// The most things that `list` collects: a bound on memory, far above a real cluster.
  package static let maxListItems = 1_000_000
  /// The most things on a page: the controller's own limit.
  package static let maxPageItems = 500

  /// Sends one request by method and path. A status of 300 or above is thrown as `.problem`.
  /// `timeout` replaces the client's.
  package func call(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    body: JSONValue? = nil, ifMatch: String? = nil, timeout: Duration? = nil
  ) async throws(ClientError) -> ControllerAnswer {
    var request = ClientRequest(method, path)
    request.query = query
    request.body = body
    request.ifMatch = ifMatch
    request.timeout = timeout
    return try await send(request)
  }

  /// Sends one operation of the API; `parameter` is the name in its path.
  package func call(
    _ operation: APIOperation, _ parameter: String? = nil,
    query: [(name: String, value: String)] = [], body: JSONValue? = nil, ifMatch: String? = nil
  ) async throws(ClientError) -> ControllerAnswer {
    var request = ClientRequest(operation, parameter)
    request.query = query
    request.body = body
    request.ifMatch = ifMatch
    return try await send(request)
  }

  /// Sends one operation whose answer is one resource.
  package func resource(
    _ operation: APIOperation, _ parameter: String? = nil,
    query: [(name: String, value: String)] = [], body: JSONValue? = nil
  ) async throws(ClientError) -> JSONValue {
    try Self.resource(
      try await call(operation, parameter, query: query, body: body), of: operation)
  }

  /// Everything that a list operation lists, page after page; with `limit` no more than so many.
  package func list(
    _ operation: APIOperation, query: [(name: String, value: String)] = [], limit: Int? = nil,
    pageItems: Int = maxPageItems
  ) async throws(ClientError) -> [JSONValue] {
    var items: [JSONValue] = []
    var pages = ListPages(self, operation, query: query, limit: limit, pageItems: pageItems)
    while let page = try await pages.next() {
      items += page
      guard items.count <= Self.maxListItems else {
        throw .unexpectedAnswer("its list has more than \(Self.maxListItems) items")
      }
    }
    return items
  }

  /// Makes something, once: if the connection is lost before the answer it is asked again under the
  /// same key, which the controller knows.
  package func create(
    _ operation: APIOperation, _ parameter: String? = nil,
    query: [(name: String, value: String)] = [], body: JSONValue? = nil
  ) async throws(ClientError) -> JSONValue {
    var request = ClientRequest(operation, parameter)
    request.query = query
    request.body = body
    request.idempotencyKey = Base64URL.encode(RandomBytes.generate(16))
    return try Self.resource(try await send(request), of: operation)
  }

  /// Changes a resource by a merge patch. Without `ifMatch` it is read first and changed only if
  /// nobody else has changed it since.
  package func update(
    _ operation: APIOperation, _ name: String, reading get: APIOperation, patch: JSONValue,
    ifMatch: String? = nil, query: [(name: String, value: String)] = []
  ) async throws(ClientError) -> JSONValue {
    var request = ClientRequest(operation, name)
    request.query = query
    request.body = patch
    request.ifMatch = ifMatch
    if ifMatch == nil { request.ifMatch = try await call(get, name).entityTag ?? "*" }
    return try Self.resource(try await send(request), of: operation)
  }

  /// Deletes a resource of the version `ifMatch`, any version unless given. Nil when it is gone; the
  /// resource while something of it still runs.
  package func delete(
    _ operation: APIOperation, _ name: String, ifMatch: String = "*",
    query: [(name: String, value: String)] = []
  ) async throws(ClientError) -> JSONValue? {
    try await call(operation, name, query: query, ifMatch: ifMatch).body
  }

  private static func resource(
    _ answer: ControllerAnswer, of operation: APIOperation
  ) throws(ClientError) -> JSONValue {
    guard let json = answer.body, json.members != nil else {
      throw .unexpectedAnswer("its answer to \(operation.id) is not a resource")
    }
    return json
  }
}
