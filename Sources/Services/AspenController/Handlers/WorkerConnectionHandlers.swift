import AspenAPI
import AspenCrypto
import AspenHTTP
import AspenHub
import AspenModel
import AspenStore
import AspenWebSocket
import AspenWire
import Logging

/// What workers call: join, control, frames.
struct WorkerConnectionHandlers: Sendable {
  let store: Store
  let hub: FrameHub
  let registry: WorkerRegistry
  let view: ClusterView
  let terms: WorkerTerms
  let reconcile: @Sendable () -> Void
  let now: @Sendable () -> Timestamp
  let log: Logger

  /// A new worker brings a join token, and a credential of its own unless it is of an earlier version:
  /// then it gets one.
  func join(_ request: APIRequest) async throws -> HTTPResponse {
    guard case .joining(let token) = request.principal else {
      throw Problem(.forbidden, "joining needs a join token")
    }
    let body = try JoinBody(json: try request.json())
    let credential = body.credential ?? TokenText.make(prefix: TokenText.workerPrefix)
    let join = WorkerJoin(
      tokenPublicID: token.publicID, tokenSecretSHA256: token.digest, name: body.name,
      labels: body.labels, capacityStreams: body.capacityStreams, version: body.version,
      credentialSHA256: TokenText.digest(of: credential.revealed))
    let worker = try await store.write { transaction in
      try await WorkerQueries.join(transaction, join)
    }
    log.info(
      "worker joined",
      metadata: ["worker": "\(worker.metadata.name)", "peer": "\(request.http.peer)"])
    return .json(
      201,
      ["worker": .string(worker.metadata.name.text), "credential": .string(credential.revealed)])
  }

  /// The control WebSocket.
  func control(_ request: APIRequest) async throws -> HTTPResponse {
    let (workerID, name) = try worker(request)
    let events = sessionEvents
    return try .webSocket(
      WebSocketServer.upgrade(
        request.http, subprotocols: [WireProtocol.control],
        configuration: Self.limits(messageBytes: WireProtocol.maxControlBytes)
      ) { [log] connection in
        WorkerSession(
          workerID: workerID, workerName: name, connection: connection, events: events, log: log
        ).begin()
      })
  }

  /// The frame uplink.
  func frames(_ request: APIRequest) async throws -> HTTPResponse {
    let (workerID, _) = try worker(request)
    return try .webSocket(
      WebSocketServer.upgrade(
        request.http, subprotocols: [WireProtocol.uplink],
        configuration: Self.limits(messageBytes: WireProtocol.maxFrameBytes)
      ) { [hub] connection in
        hub.attachUplink(connection, workerID: workerID)
      })
  }

  private var sessionEvents: WorkerSession.Events {
    WorkerSession.Events(
      hello: { session, hello in
        session.welcome(terms, controllers: registry.controllers)
        registry.connected(session, hello, at: now())
        log.info(
          "worker connected",
          metadata: [
            "worker": "\(session.workerName)", "version": "\(hello.version)",
            "running": "\(hello.running.count)",
          ])
      },
      heartbeat: { session in registry.heard(from: session, at: now()) },
      grantsLease: { session in terms.grantsLease(session.workerID) },
      status: { session, streams in
        registry.heard(from: session, at: now())
        if view.heard(streams, of: session.workerID) { reconcile() }
      },
      released: { session in registry.released(by: session) },
      closed: { session, saidGoodbye in
        registry.closed(session, saidGoodbye: saidGoodbye)
        log.info(
          "worker disconnected",
          metadata: ["worker": "\(session.workerName)", "goodbye": "\(saidGoodbye)"])
      })
  }

  private static func limits(messageBytes: Int) -> WebSocketConfiguration {
    var limits = WebSocketConfiguration()
    limits.maxMessageBytes = messageBytes
    // Whoever is silent this long has lost its lease anyway.
    limits.pingInterval = .seconds(5)
    limits.pingTimeout = .seconds(5)
    return limits
  }

  private func worker(_ request: APIRequest) throws -> (Int64, String) {
    guard case .worker(let id, let name) = request.principal else {
      throw Problem(.forbidden, "this is for workers")
    }
    return (id, name)
  }
}

/// What a controller tells its workers when they connect.
struct WorkerTerms: Sendable {
  let heartbeat: Duration
  let lease: Duration
  /// Which controller this is, however a worker reached it.
  let controllerID: String
  /// Whether a worker that is heard may go on with streams that need a lease: whether the leader knows, or
  /// is, who hears it.
  let grantsLease: @Sendable (_ workerID: Int64) -> Bool
}
