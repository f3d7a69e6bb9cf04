import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging

/// One control connection from hello to its end. Confined to the worker's loop.
final class ControlSession {
  /// Who is told, and asked, on the loop.
  struct Events {
    let welcomed: (ControllerMessage.Welcome) -> Void
    let desired: (ControllerMessage.DesiredSet) -> Void
    let demand: (ControllerMessage.DemandSet) -> Void
    let controllers: ([String]) -> Void
    /// A heartbeat that was sent at this time was heard.
    let heard: (ContinuousClock.Instant) -> Void
    let status: () -> WorkerMessage.Status
    /// The version of the desired set that is followed. Asked for with every heartbeat.
    let version: () -> DesiredVersion
  }

  /// How a session ended.
  struct End: Sendable {
    let code: UInt16
    let reason: String
    let wasWelcomed: Bool
  }

  private enum Period {
    static let welcome: Duration = .seconds(10)
    static let status: Duration = .seconds(2)
    /// Changes within this time go in one message.
    static let coalescing: Duration = .milliseconds(50)
    static let shortestHeartbeat: Duration = .milliseconds(50)
  }

  private let connection: WebSocketConnection
  private let events: Events
  private let log: Logger
  private var isWelcomed = false
  private var heartbeats = SentHeartbeats()
  private var welcomeTimer: LoopTimer?
  private var heartbeatTimer: LoopTimer?
  private var statusTimer: LoopTimer?
  private var isStatusSoon = false

  init(_ connection: WebSocketConnection, events: Events, log: Logger) {
    self.connection = connection
    self.events = events
    self.log = log
  }

  /// Says hello and serves until the connection ends. On the loop.
  func run(_ hello: WorkerMessage.Hello) async -> End {
    await withCheckedContinuation { continuation in
      connection.onText = { [self] text in received(text) }
      connection.onBinary = { [self] _ in refuse("binary messages have no meaning here") }
      connection.onClose = { [self] code, reason in
        for timer in [welcomeTimer, heartbeatTimer, statusTimer] { timer?.cancel() }
        continuation.resume(
          returning: End(code: code, reason: reason, wasWelcomed: isWelcomed))
      }
      welcomeTimer = connection.loop.schedule(after: Period.welcome) { [unowned self] in
        refuse("no welcome came")
      }
      connection.start()
      _ = heartbeats.sent(at: .now)
      send(.hello(hello))
    }
  }

  /// Ends the connection, to begin anew or never again.
  func end(_ reason: String) {
    connection.close(code: 1000, reason: String(reason.prefix(100)))
  }

  /// The worker goes away: the controller gives its streams to others at once (RFC 6455 7.4.1).
  func goAway() {
    connection.close(code: 1001, reason: "the worker stops")
  }

  /// A status has changed, or a stream has stopped, so that the controller wants to know soon.
  func statusChanged() {
    guard isWelcomed, !isStatusSoon else { return }
    isStatusSoon = true
    scheduleStatus(after: Period.coalescing)
  }

  private func received(_ text: String) {
    do {
      switch try ControllerMessage(parsing: text) {
      case .welcome(let welcome): begin(welcome)
      case .desired(let set): events.desired(set)
      case .demand(let set): events.demand(set)
      case .controllers(let controllers): events.controllers(controllers.addresses)
      case .heard(let heard):
        if let time = heartbeats.time(of: heard.sequence) { events.heard(time) }
      }
    } catch {
      refuse("\(error)")
    }
  }

  private func begin(_ welcome: ControllerMessage.Welcome) {
    guard !isWelcomed else { return }
    isWelcomed = true
    welcomeTimer?.cancel()
    events.welcomed(welcome)
    let period = max(.milliseconds(welcome.heartbeatMilliseconds), Period.shortestHeartbeat)
    scheduleHeartbeat(period)
    sendStatus()
  }

  private func scheduleHeartbeat(_ period: Duration) {
    heartbeatTimer = connection.loop.schedule(after: period) { [unowned self] in
      let sequence = heartbeats.sent(at: .now)
      send(.heartbeat(.init(sequence: sequence, followed: events.version())))
      scheduleHeartbeat(period)
    }
  }

  private func scheduleStatus(after delay: Duration) {
    statusTimer?.cancel()
    statusTimer = connection.loop.schedule(after: delay) { [unowned self] in sendStatus() }
  }

  private func sendStatus() {
    isStatusSoon = false
    // The full set heals itself, so a slow connection skips one instead of queueing it.
    if connection.isIdleForWriting { send(.status(events.status())) }
    scheduleStatus(after: Period.status)
  }

  private func refuse(_ reason: String) {
    log.warning("control connection given up", metadata: ["why": "\(reason)"])
    connection.close(code: 1008, reason: String(reason.prefix(100)))
  }

  private func send(_ message: WorkerMessage) {
    connection.send(text: message.text)
  }
}
