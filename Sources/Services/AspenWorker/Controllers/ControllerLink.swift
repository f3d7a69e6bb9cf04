import AspenCrypto
import AspenHTTP
import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire

/// The worker's side of one controller's HTTP API.
struct ControllerLink: Sendable {
  let address: ControllerAddress
  private let configuration: WorkerConfiguration
  private let loop: EventLoop
  private let http: HTTPClient
  private let tls: TLSClientContext?
  private let joinURL: HTTPURL
  private let controlURL: HTTPURL
  private let framesURL: HTTPURL

  private enum Limits {
    static let connectTimeout: Duration = .seconds(10)
    /// A controller that vanished is noticed within 10 s and looked for elsewhere.
    static let pingInterval: Duration = .seconds(5)
    static let pingTimeout: Duration = .seconds(5)
    static let writeTimeout: Duration = .seconds(10)
    /// A worker that stops does not wait longer for a goodbye.
    static let closeTimeout: Duration = .seconds(2)
    /// A join's answer is a few hundred bytes.
    static let answerBytes = 64 * 1024
  }

  /// A client of the controller at an address; `tls` is for all that have TLS.
  init(
    _ address: ControllerAddress, _ configuration: WorkerConfiguration, tls: TLSClientContext?,
    loop: EventLoop
  ) throws(WorkerError) {
    self.address = address
    self.configuration = configuration
    self.loop = loop
    self.tls = address.isTLS ? tls : nil
    do {
      joinURL = try HTTPURL(address.text + "/v1/worker/join")
      // `http` becomes `ws` and `https` becomes `wss`.
      let socketRoot = "ws" + address.text.dropFirst(4)
      controlURL = try HTTPURL(socketRoot + "/v1/worker/control")
      framesURL = try HTTPURL(socketRoot + "/v1/worker/frames")
    } catch {
      throw .configuration(field: "controller", reason: "is no address: \(error)")
    }
    var limits = HTTPClientConfiguration()
    limits.bodyBytes = Limits.answerBytes
    limits.tls = self.tls
    http = HTTPClient(loops: [loop], configuration: limits)
  }

  /// What a join led to, if the controller answered.
  enum JoinAnswer {
    /// The worker is known by this credential, which is the one that it offered or, from a controller of
    /// an earlier version, another.
    case joined(Secret)
    case refused(WorkerError)
    /// It may pass: retry.
    case later(String)
  }

  /// Asks the controller once to know this worker by `credential`. May be repeated with the same one.
  func join(
    _ token: Secret, as credential: Secret
  ) async throws(HTTPClientError) -> JoinAnswer {
    let body: JSONValue = [
      "name": .string(configuration.name.text), "labels": configuration.labels.json,
      "capacity_streams": .integer(Int64(configuration.capacityStreams)),
      "version": .string(ProgramVersion.current), "credential": .string(credential.revealed),
    ]
    let response = try await http.send(
      HTTPClientRequest(
        method: "POST", url: joinURL,
        headers: [
          "Authorization": "Bearer \(token.revealed)", "Content-Type": "application/json",
        ],
        body: Array(body.serializedText.utf8)))
    let answer = try? JSONValue(parsing: response.body)
    let detail = answer?["detail"]?.text ?? "status \(response.status)"
    switch response.status {
    case 201:
      return .joined(answer?["credential"]?.text.map { Secret($0) } ?? credential)
    case 401:
      return .refused(
        .joinTokenRefused(controller: address.text, detail: detail))
    case 409:
      return .refused(.nameTaken(name: configuration.name.text))
    case 400, 403:
      return .refused(.joinRefused(status: response.status, detail: detail))
    default:
      return .later("\(response.status): \(detail)")
    }
  }

  /// Opens the control connection.
  func connectControl(_ credential: Secret) async throws(WebSocketError) -> WebSocketConnection {
    try await connect(
      controlURL, credential, WireProtocol.control, maxMessageBytes: WireProtocol.maxControlBytes)
  }

  /// Opens a connection for frames.
  func connectUplink(_ credential: Secret) async throws(WebSocketError) -> WebSocketConnection {
    try await connect(framesURL, credential, WireProtocol.uplink, maxMessageBytes: 64 * 1024)
  }

  private func connect(
    _ url: HTTPURL, _ credential: Secret, _ subprotocol: String, maxMessageBytes: Int
  ) async throws(WebSocketError) -> WebSocketConnection {
    var limits = WebSocketConfiguration()
    limits.maxMessageBytes = maxMessageBytes
    limits.pingInterval = Limits.pingInterval
    limits.pingTimeout = Limits.pingTimeout
    limits.writeTimeout = Limits.writeTimeout
    limits.closeTimeout = Limits.closeTimeout
    // A frame's message and its copy of the mask.
    limits.maxQueuedBytes = 2 * WireProtocol.maxFrameBytes
    return try await WebSocketClient.connect(
      url: url, headers: ["Authorization": "Bearer \(credential.revealed)"],
      subprotocols: [subprotocol], tls: tls, timeout: Limits.connectTimeout, configuration: limits,
      on: loop)
  }
}
