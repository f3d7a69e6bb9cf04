import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging

/// Brings frames to the controller, over a connection that is open only while somebody watches.
///
///     idle ──wanted──▶ connecting ──▶ open ──10 s unwanted──▶ idle
///                        ▲   │         │
///                        │   ▼         ▼ lost
///                        └─ waiting ◀──┘
///
/// `@unchecked Sendable`: confined to `loop`, which its methods check.
final class Uplink: @unchecked Sendable {
  private enum Phase {
    case idle
    case connecting
    case open(WebSocketConnection)
    case waiting(LoopTimer)
  }

  private enum Limits {
    /// How long the connection stays without watchers, who often come back at once.
    static let linger: Duration = .seconds(10)
  }

  private let loop: EventLoop
  private let client: ControllerLink
  private let log: Logger
  private var phase = Phase.idle
  private var queue = UplinkQueue()
  private var backOff = BackOff()
  private var credential: Secret?
  private var isWanted = false
  private var lingerTimer: LoopTimer?
  private var lastFailure = ""

  init(loop: EventLoop, client: ControllerLink, log: Logger) {
    self.loop = loop
    self.client = client
    self.log = log
  }

  /// Whom the worker is from now on. A connection of whom it was before is made anew: its frames would be
  /// refused.
  func setCredential(_ credential: Secret) {
    loop.preconditionInLoop()
    guard credential != self.credential else { return }
    self.credential = credential
    if case .open(let connection) = phase {
      connection.close(code: 1001, reason: "the worker has joined anew")
    }
  }

  /// Says whether somebody watches any stream.
  func setWanted(_ isWanted: Bool) {
    loop.preconditionInLoop()
    guard isWanted != self.isWanted else { return }
    self.isWanted = isWanted
    if isWanted {
      lingerTimer?.cancel()
      lingerTimer = nil
      if case .idle = phase { connect() }
    } else {
      queue.dropPending()
      lingerTimer = loop.schedule(after: Limits.linger) { [weak self] in
        self?.close("nobody watches")
      }
    }
  }

  /// The controller answers again: a waiting uplink waits no longer.
  func retryNow() {
    loop.preconditionInLoop()
    guard case .waiting(let timer) = phase else { return }
    timer.cancel()
    backOff.reset()
    connect()
  }

  /// Sends the frame now, or keeps it as its stream's newest.
  func offer(_ frame: UplinkFrame) {
    loop.preconditionInLoop()
    guard isWanted, frame.jpeg.count + FrameHeader.byteCount <= WireProtocol.maxFrameBytes else {
      return
    }
    queue.offer(frame)
    pump()
  }

  /// The stream has ended.
  func remove(streamID: Int64) {
    queue.remove(streamID: streamID)
  }

  /// Ends the connection in order; the uplink stays closed until it is wanted anew.
  func close(_ reason: String) {
    loop.preconditionInLoop()
    isWanted = false
    queue.dropPending()
    lingerTimer?.cancel()
    lingerTimer = nil
    switch phase {
    case .idle: return
    // It finds out that it is not wanted.
    case .connecting: return
    case .waiting(let timer): timer.cancel()
    case .open(let connection): connection.close(code: 1001, reason: reason)
    }
    phase = .idle
  }

  private func connect() {
    guard let credential else { return }
    phase = .connecting
    loop.runTask { [self] in
      do {
        let connection = try await client.connectUplink(credential)
        opened(connection)
        if credential != self.credential {
          connection.close(code: 1001, reason: "the worker has joined anew")
        }
      } catch {
        retry("\(error)")
      }
    }
  }

  private func opened(_ connection: WebSocketConnection) {
    guard isWanted || lingerTimer != nil else {
      phase = .idle
      connection.start()
      connection.close(code: 1001, reason: "nobody watches")
      return
    }
    phase = .open(connection)
    // Drained means idle: then the next frame is chosen.
    connection.writeLimits.highWaterBytes = 0
    connection.writeLimits.lowWaterBytes = 0
    connection.onDrain = { [weak self] in self?.pump() }
    connection.onClose = { [weak self, unowned connection] code, reason in
      self?.lost(connection, "\(code) \(reason)")
    }
    connection.start()
    lastFailure = ""
    log.info("uplink opened")
    pump()
  }

  private func lost(_ connection: WebSocketConnection, _ reason: String) {
    guard case .open(let current) = phase, current === connection else { return }
    retry(reason)
  }

  private func retry(_ reason: String) {
    guard isWanted else {
      phase = .idle
      return
    }
    if reason != lastFailure {
      // Once a cause, not once an attempt.
      lastFailure = reason
      log.info("uplink lost", metadata: ["why": "\(reason)"])
    }
    let delay = backOff.next(random: .random(in: 0..<1))
    phase = .waiting(loop.schedule(after: delay) { [weak self] in self?.connect() })
  }

  private func pump() {
    guard case .open(let connection) = phase, connection.isIdleForWriting else { return }
    guard let message = queue.next() else { return }
    backOff.reset()
    connection.send(binary: message[...])
  }
}
