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
    let status: @Sendable (WorkerSession, [StreamStatus]) -> Void
    /// The worker has let go of a stream, which somebody may wait for.
    let released: @Sendable (WorkerSession) -> Void
    let closed: @Sendable (WorkerSession, _ saidGoodbye: Bool) -> Void
  }

  /// What was sent last, so that only changes are sent, and what the worker has let go of.
  private struct Sent {
    var desired: [DesiredStream]?
    var desiredRevision: Int64 = 0
    var demand: [ControllerMessage.StreamDemand]?
    var demandRevision: Int64 = 0
    var releases = ReleaseState()
  }

  let workerID: Int64
  let workerName: String
  private let connection: WebSocketConnection
  private let events: Events
  private let log: Logger
  private let sent = Mutex(Sent())

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

  /// Sends the terms after hello.
  func welcome(heartbeat: Duration, lease: Duration) {
    send(
      .welcome(
        .init(
          workerName: workerName, heartbeatMilliseconds: heartbeat.wholeMilliseconds,
          leaseMilliseconds: lease.wholeMilliseconds)))
  }

  /// Sends the full desired set if it differs from the one sent last.
  func follow(_ streams: [DesiredStream]) {
    let revision = sent.withLock { sent -> Int64? in
      if sent.desired == streams { return nil }
      sent.desired = streams
      sent.desiredRevision += 1
      sent.releases.sent(Set(streams.map(\.streamID)), revision: sent.desiredRevision)
      return sent.desiredRevision
    }
    if let revision { send(.desired(.init(revision: revision, streams: streams))) }
  }

  /// Sends the full demand if it differs from the one sent last.
  func demand(_ streams: [ControllerMessage.StreamDemand]) {
    let revision = sent.withLock { sent -> Int64? in
      if sent.demand == streams { return nil }
      sent.demand = streams
      sent.demandRevision += 1
      return sent.demandRevision
    }
    if let revision { send(.demand(.init(revision: revision, streams: streams))) }
  }

  /// Whether the worker may still run the stream.
  func mayRun(_ streamID: Int64) -> Bool {
    sent.withLock { $0.releases.mayRun(streamID) }
  }

  /// Whether the worker has said on this connection that it does not run the stream.
  func hasReleased(_ streamID: Int64) -> Bool {
    sent.withLock { $0.releases.hasReleased(streamID) }
  }

  /// The streams that the worker may still run.
  var heldStreams: Set<Int64> {
    sent.withLock { $0.releases.held }
  }

  /// Ends the connection from this side.
  func close(_ reason: String) {
    connection.loop.execute { [connection] in connection.close(code: 1000, reason: reason) }
  }

  private func received(_ text: String) {
    do {
      switch try WorkerMessage(parsing: text) {
      case .hello(let hello):
        sent.withLock { $0.releases.heard(hello) }
        events.hello(self, hello)
      case .heartbeat(let heartbeat):
        sent.withLock { $0.releases.heard(heartbeat) }
        events.heartbeat(self)
      case .status(let status):
        let hasReleased = sent.withLock { $0.releases.heard(status) }
        events.status(self, status.streams)
        if hasReleased { events.released(self) }
      }
    } catch {
      refuse("\(error)")
    }
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
