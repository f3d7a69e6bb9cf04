package import AspenCrypto
import AspenHTTP
package import AspenModel
package import AspenNet
import Synchronization

/// A client of a controller's API.
///
/// Its connections run on `loops`, which their owner stops after the client is no longer used.
package final class ControllerClient: Sendable {
  /// The controller's address as it was given, without credentials: for messages.
  package let address: String

  let base: String
  /// Scheme, host and port: what a browser would send as Origin.
  let origin: String
  let credential: ClientCredential
  let tls: TLSClientContext?
  let loops: [EventLoop]
  private let http: HTTPClient
  private let timeout: Duration
  private let seenVersion = Mutex<VersionNumber?>(nil)

  /// A client with an access token or without anything that proves who it is.
  package convenience init(
    address: String, token: Secret?, trust: TLSTrust = .system, loops: [EventLoop],
    timeout: Duration = .seconds(30)
  ) throws(ClientError) {
    try self.init(
      address: address, credential: token.map { .token($0) } ?? .none, trust: trust, loops: loops,
      timeout: timeout)
  }

  /// A client. `address` is `http://HOST[:PORT][/PREFIX]` or https; without a scheme it is http.
  /// `trust` is used for https; `timeout` is that of one request.
  package init(
    address: String, credential: ClientCredential, trust: TLSTrust = .system, loops: [EventLoop],
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
      origin = "\(url.scheme)://\(url.hostField)"
    } catch {
      throw .invalidConfiguration(error.description)
    }
    self.address = base
    self.base = base
    self.credential = credential
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

  /// The controller's version, once it has answered anything.
  package var serverVersion: VersionNumber? { seenVersion.withLock { $0 } }

  /// Sends one request and reads the answer. A status of 300 or above is thrown as `.problem`.
  ///
  /// A request that may be repeated is sent again when the controller has too much to do or the
  /// connection is lost; see `RequestRetry`.
  package func send(_ request: ClientRequest) async throws(ClientError) -> ControllerAnswer {
    var retry = RequestRetry(isRepeatable: request.isRepeatable)
    while true {
      let action: RequestRetry.Action
      let failure: ClientError
      switch await exchange(request) {
      case .success(let response):
        note(response.headers["Aspen-Version"])
        guard response.status >= 300 else { return try Self.answer(response, to: request) }
        failure = Self.problem(response, request)
        action =
          response.status == 429
          ? retry.refused(retryAfter: response.headers["Retry-After"]) : .giveUp
      case .failure(let error):
        failure = Self.failure(error)
        action = error.isLostConnection ? retry.lost() : .giveUp
      }
      guard case .sendAgain(let pause) = action else { throw failure }
      if pause > .zero, (try? await Task.sleep(for: pause)) == nil { throw .cancelled }
    }
  }

  private func note(_ version: String?) {
    guard let version = version.flatMap(VersionNumber.init) else { return }
    seenVersion.withLock { $0 = version }
  }

  private func exchange(
    _ request: ClientRequest
  ) async -> Result<HTTPResponse, HTTPClientError> {
    var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": Self.userAgent]
    credential.prove(in: &headers, origin: origin)
    if let ifMatch = request.ifMatch { headers.set("If-Match", ifMatch) }
    if let key = request.idempotencyKey { headers.set("Idempotency-Key", key) }
    if request.body != nil { headers.set("Content-Type", "application/json") }
    do throws(HTTPClientError) {
      return .success(
        try await http.send(
          HTTPClientRequest(
            method: request.method,
            url: try HTTPURL(base + URLEncoding.target(request.path, query: request.query)),
            headers: headers, body: request.body?.serialized ?? [],
            timeout: request.timeout ?? timeout)))
    } catch {
      return .failure(error)
    }
  }

  private static func answer(
    _ response: HTTPResponse, to request: ClientRequest
  ) throws(ClientError) -> ControllerAnswer {
    let json = json(response)
    if json == nil, !response.body.isEmpty {
      throw .unexpectedAnswer("its answer to \(request.method) \(request.path) is not JSON")
    }
    return ControllerAnswer(status: response.status, body: json, headers: response.headers)
  }

  private static func problem(_ response: HTTPResponse, _ request: ClientRequest) -> ClientError {
    ClientError.problem(ServerProblem(status: response.status, json: json(response)))
      .about(request.subject)
  }

  /// What answers with an error may be a proxy, whose body need not be JSON.
  private static func json(_ response: HTTPResponse) -> JSONValue? {
    response.body.isEmpty ? nil : try? JSONValue(parsing: response.body)
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

extension HTTPClientError {
  /// Whether the request may have arrived and only its answer was lost.
  fileprivate var isLostConnection: Bool {
    self == .closed || self == .network(.connectionReset)
  }
}
