package import AspenAPI
package import AspenCrypto
import AspenHTTP
package import AspenModel
package import AspenNet

/// A client of a controller's API.
///
/// Its connections run on `loops`, which their owner stops after the client is no longer used.
package final class ControllerClient: Sendable {
  /// The controller's address as it was given, without credentials: for messages.
  package let address: String

  let base: String
  let token: Secret?
  let tls: TLSClientContext?
  let loops: [EventLoop]
  private let http: HTTPClient
  private let timeout: Duration

  /// The most things that `list` collects: a bound on memory, far above a real cluster.
  package static let maxListItems = 1_000_000

  /// A client. `address` is `http://HOST[:PORT][/PREFIX]` or https; without a scheme it is http.
  /// `trust` is used for https; `timeout` is that of one request.
  package init(
    address: String, token: Secret?, trust: TLSTrust = .system, loops: [EventLoop],
    timeout: Duration = .seconds(30)
  ) throws(ClientError) {
    var base = address.contains("://") ? address : "http://" + address
    while base.hasSuffix("/") { base.removeLast() }
    do throws(HTTPClientError) {
      guard base.hasPrefix("http") else {
        throw .invalidURL(address, "its scheme is neither http nor https")
      }
      let url = try HTTPURL(base)
      guard !base.contains("?"), !base.contains("#") else {
        throw .invalidURL(address, "it has a query or fragment")
      }
      var configuration = HTTPClientConfiguration()
      if url.isTLS { configuration.tls = try Self.context(trust, address) }
      tls = configuration.tls
      http = HTTPClient(loops: loops, configuration: configuration)
    } catch {
      throw .invalidConfiguration(error.description)
    }
    self.address = base
    self.base = base
    self.token = token
    self.loops = loops
    self.timeout = timeout
  }

  private static func context(
    _ trust: TLSTrust, _ address: String
  ) throws(HTTPClientError) -> TLSClientContext {
    do throws(CryptoError) {
      return try TLSClientContext(trust: trust)
    } catch {
      throw .invalidURL(address, error.description)
    }
  }

  /// Sends one request and reads the answer. A status of 300 or above is thrown as `.problem`.
  /// `timeout` replaces the client's.
  package func call(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    body: JSONValue? = nil, ifMatch: String? = nil, timeout: Duration? = nil
  ) async throws(ClientError) -> ControllerAnswer {
    var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": Self.userAgent]
    if let token { headers.set("Authorization", "Bearer \(token.revealed)") }
    if let ifMatch { headers.set("If-Match", ifMatch) }
    if body != nil { headers.set("Content-Type", "application/json") }
    let response: HTTPResponse
    do throws(HTTPClientError) {
      response = try await http.send(
        HTTPClientRequest(
          method: method, url: try HTTPURL(base + URLEncoding.target(path, query: query)),
          headers: headers, body: body?.serialized ?? [], timeout: timeout ?? self.timeout))
    } catch {
      throw Self.failure(error)
    }
    // What answers with an error may be a proxy, whose body need not be JSON.
    let json = response.body.isEmpty ? nil : try? JSONValue(parsing: response.body)
    guard response.status < 300 else {
      throw .problem(ServerProblem(status: response.status, json: json))
    }
    if json == nil, !response.body.isEmpty {
      throw .unexpectedAnswer("its answer to \(method) \(path) is not JSON")
    }
    return ControllerAnswer(status: response.status, body: json, headers: response.headers)
  }

  /// Sends one operation of the API; `parameter` is the name in its path.
  package func call(
    _ operation: APIOperation, _ parameter: String? = nil,
    query: [(name: String, value: String)] = [], body: JSONValue? = nil, ifMatch: String? = nil
  ) async throws(ClientError) -> ControllerAnswer {
    try await call(
      operation.method, URLEncoding.path(operation.path, parameter: parameter), query: query,
      body: body, ifMatch: ifMatch)
  }

  /// Sends one operation whose answer is one resource.
  package func resource(
    _ operation: APIOperation, _ parameter: String? = nil,
    query: [(name: String, value: String)] = [], body: JSONValue? = nil
  ) async throws(ClientError) -> JSONValue {
    let answer = try await call(operation, parameter, query: query, body: body)
    guard let json = answer.body, json.members != nil else {
      throw .unexpectedAnswer("its answer to \(operation.id) is not a resource")
    }
    return json
  }

  /// Everything that a list operation lists, page after page.
  package func list(
    _ operation: APIOperation, query: [(name: String, value: String)] = []
  ) async throws(ClientError) -> [JSONValue] {
    var items: [JSONValue] = []
    var cursor: String?
    repeat {
      var pageQuery = query + [(name: "limit", value: "500")]
      if let cursor { pageQuery.append((name: "cursor", value: cursor)) }
      let page = try await resource(operation, query: pageQuery)
      guard let elements = page["items"]?.elements else {
        throw .unexpectedAnswer("its answer to \(operation.id) is not a list")
      }
      items += elements
      let next = page["next_cursor"]?.text
      guard next == nil || (next != cursor && !elements.isEmpty) else {
        throw .unexpectedAnswer("its list does not end")
      }
      guard items.count <= Self.maxListItems else {
        throw .unexpectedAnswer("its list has more than \(Self.maxListItems) items")
      }
      cursor = next
    } while cursor != nil
    return items
  }

  static let userAgent = "aspen/\(ProgramVersion.current)"

  private static func failure(_ error: HTTPClientError) -> ClientError {
    switch error {
    case .timedOut: .timedOut("the time for the request is over")
    case .cancelled: .cancelled
    case .network, .closed, .tooManyConnections: .unreachable(error.description)
    case .malformedResponse, .bodyTooLarge: .unexpectedAnswer(error.description)
    case .invalidURL: .invalidConfiguration(error.description)
    }
  }
}
