import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging
import Synchronization

/// One worker's control connection: sends it what it shall run, hears what it does.
///
/// Sending may be asked for on any thread; the connection itself is touched on its loop only.
final class WorkerSession: Sendable {
  /// What a session tells its owner. Called on the connection's loop.
  struct Events: Sendable {
    let hello: @Sendable (WorkerSession, WorkerMessage.Hello) -> Void
    let heartbeat: @Sendable (WorkerSession) -> Void
    /// Whether the worker's lease may be extended now; see `WorkerTerms.grantsLeases`.
    let grantsLease: @Sendable (WorkerSession) -> Bool
    let status: @Sendable (WorkerSession, [StreamStatus]) -> Void
    /// The worker has let go of a stream, which somebody may wait for.
    let released: @Sendable (WorkerSession) -> Void
    let closed: @Sendable (WorkerSession, _ saidGoodbye: Bool) -> Void
  }

  /// What was sent last, so that only changes are sent, and what the worker said.
  private struct State {
    var desired = DesiredSetState()
    var demand: [ControllerMessage.StreamDemand]?
    var demandRevision: Int64 = 0
    var controllers: [String] = []
    /// The messages that the worker understands besides those that all do.
    var accepts: Set<String> = []
    /// The heartbeat heard last; 0 is the hello.
    var sequence: Int64 = 0

    func accepts(_ kind: ControllerMessage.OptionalKind) -> Bool {
      accepts.contains(kind.rawValue)
    }
  }

  let workerID: Int64
  let workerName: String
  private let connection: WebSocketConnection
  private let events: Events
  private let log: Logger
  private let state = Mutex(State())

  init(
    workerID: Int64, workerName: String, connection: WebSocketConnection, events: Events,
    log: Logger
  ) {
    self.workerID = workerID
    self.workerName = workerName
    self.connection = connection
    self.events = events
    self.log = log
  }

  /// Takes over the connection's callbacks. On the connection's loop.
  func begin() {
    connection.onText = { [self] text in received(text) }
    connection.onBinary = { [self] _ in refuse("binary messages have no meaning here") }
    connection.onClose = { [self] code, _ in
      // 1001 is a worker that goes away on purpose (RFC 6455 7.4.1).
      events.closed(self, code == 1001)
    }
  }

  /// Sends the terms after hello, and who the controllers are.
  func welcome(_ terms: WorkerTerms, controllers: [String]) {
    state.withLock { $0.controllers = controllers }
    send(
      .welcome(
        .init(
          workerName: workerName, heartbeatMilliseconds: terms.heartbeat.wholeMilliseconds,
          leaseMilliseconds: terms.lease.wholeMilliseconds, controllerID: terms.controllerID,
          controllers: controllers)))
  }

  /// Sends the addresses of the controllers if they differ from those sent last.
  func tell(controllers: [String]) {
    let isNew = state.withLock { state in
      guard state.accepts(.controllers), state.controllers != controllers else { return false }
      state.controllers = controllers
      return true
    }
    if isNew { send(.controllers(.init(addresses: controllers))) }
  }

  /// Sends the full desired set if the worker needs it (`DesiredSetState`).
  func follow(_ reading: DesiredReading) {
    let (isNew, needsLease) = state.withLock { state in
      (state.desired.read(reading), state.desired.needsLease)
    }
    guard isNew else { return }
    send(.desired(.init(version: reading.version, streams: reading.streams)))
    // It does not begin what needs a lease before it has one.
    if needsLease { connection.loop.execute { [self] in extendLease() } }
  }

  /// Sends the full demand if it differs from the one sent last.
  func demand(_ streams: [ControllerMessage.StreamDemand]) {
    let revision = state.withLock { state -> Int64? in
      if state.demand == streams { return nil }
      state.demand = streams
      state.demandRevision += 1
      return state.demandRevision
    }
    if let revision { send(.demand(.init(revision: revision, streams: streams))) }
  }

  /// Whether it was sent a desired set, so that it was there before the newest reading of the store.
  var isSettled: Bool { state.withLock { $0.desired.isBegun } }

  /// Whether the worker may still run the stream.
  func mayRun(_ streamID: Int64) -> Bool {
    state.withLock { $0.desired.releases.mayRun(streamID) }
  }

  /// Whether the worker was told to stop the stream, and has said on this connection that it does not run it.
  func hasReleased(_ streamID: Int64) -> Bool {
    state.withLock { $0.desired.releases.hasReleased(streamID) }
  }

  /// The streams that the worker may still run.
  var heldStreams: Set<Int64> {
    state.withLock { $0.desired.releases.held }
  }

  /// Ends the connection from this side.
  func close(_ reason: String) {
    connection.loop.execute { [connection] in connection.close(code: 1000, reason: reason) }
  }

  private func received(_ text: String) {
    do {
      switch try WorkerMessage(parsing: text) {
      case .hello(let hello):
        state.withLock { state in
          state.desired.heard(hello)
          state.accepts = Set(hello.accepts ?? [])
        }
        events.hello(self, hello)
      case .heartbeat(let heartbeat):
        state.withLock { state in
          state.desired.heard(heartbeat)
          state.sequence = heartbeat.sequence
        }
        events.heartbeat(self)
        extendLease()
      case .status(let status):
        let hasReleased = state.withLock { $0.desired.heard(status) }
        events.status(self, status.streams)
        if hasReleased { events.released(self) }
      }
    } catch {
      refuse("\(error)")
    }
  }

  /// Tells the worker that it was heard, if it runs what needs a lease. On the connection's loop.
  private func extendLease() {
    let sequence = state.withLock { state in
      state.accepts(.heard) && state.desired.needsLease ? state.sequence : nil
    }
    if let sequence, events.grantsLease(self) { send(.heard(.init(sequence: sequence))) }
  }

  private func refuse(_ reason: String) {
    log.warning(
      "control message refused", metadata: ["worker": "\(workerName)", "why": "\(reason)"])
    connection.close(code: 1008, reason: String(reason.prefix(100)))
  }

  private func send(_ message: ControllerMessage) {
    let text = message.text
    connection.loop.execute { [connection] in connection.send(text: text) }
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var wholeMilliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
