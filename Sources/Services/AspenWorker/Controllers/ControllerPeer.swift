import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging

/// One of the worker's controllers: a control connection that is made again for ever, and an uplink.
/// Nothing here waits for another controller.
///
/// `@unchecked Sendable`: confined to `loop`.
final class ControllerPeer: @unchecked Sendable {
  /// What a controller says, and what it is told. Called on the loop.
  struct Events {
    let connected: (ControllerPeer) -> Void
    let welcomed: (ControllerPeer, ControllerMessage.Welcome) -> Void
    let desired: (ControllerPeer, ControllerMessage.DesiredSet) -> Void
    let demand: (ControllerPeer, ControllerMessage.DemandSet) -> Void
    let controllers: (ControllerPeer, [String]) -> Void
    /// What was sent at this time was heard, and counts for as long.
    let heard: (ControllerPeer, ContinuousClock.Instant, _ lease: Duration) -> Void
    /// The connection has ended.
    let lost: (ControllerPeer) -> Void
    /// The controller has said nothing for so long that nobody can be watching.
    let forgotten: (ControllerPeer) -> Void
    /// The controller does not know the worker.
    let refused: (ControllerPeer) async -> Void
    let hello: () -> WorkerMessage.Hello
    let status: () -> WorkerMessage.Status
    let version: () -> DesiredVersion
  }

  private enum Limits {
    /// After so long without a controller nobody can be watching there.
    static let demandWithoutController: Duration = .seconds(10)
    /// Between attempts with a credential that the controller does not know.
    static let refusedCredential: Duration = .seconds(10)
  }

  let address: ControllerAddress
  let uplink: Uplink
  private let link: ControllerLink
  private let loop: EventLoop
  private let events: Events
  private let log: Logger
  private var credential: Secret
  private var session: ControlSession?
  private var task: Task<Void, Never>?
  private var demandTimer: LoopTimer?
  private var isEnded = false

  init(
    link: ControllerLink, credential: Secret, loop: EventLoop, events: Events, log: Logger
  ) {
    address = link.address
    self.link = link
    self.loop = loop
    self.events = events
    var log = log
    log[metadataKey: "controller"] = "\(link.address)"
    self.log = log
    self.credential = credential
    uplink = Uplink(loop: loop, client: link, log: log)
    uplink.setCredential(credential)
  }

  /// Connects, and again whenever the connection ends.
  func begin() {
    loop.preconditionInLoop()
    task = loop.runTask { [self] in await run() }
  }

  /// Whom the worker is from now on.
  func setCredential(_ credential: Secret) {
    self.credential = credential
    uplink.setCredential(credential)
  }

  /// A status has changed that the controller wants to know soon.
  func statusChanged() {
    session?.statusChanged()
  }

  /// Ends the connection and makes a new one.
  func reconnect(_ reason: String) {
    session?.end(reason)
  }

  /// Ends the connections for good. `isGoodbye`: the worker stops.
  func end(_ reason: String, isGoodbye: Bool = false) {
    guard !isEnded else { return }
    isEnded = true
    demandTimer?.cancel()
    uplink.close(reason)
    if isGoodbye { session?.goAway() } else { session?.end(reason) }
    task?.cancel()
  }

  /// Returns when nothing goes on any more. After `end`.
  func ended() async {
    await task?.value
  }

  private func run() async {
    var backOff = BackOff()
    var lastFailure = ""
    while !isEnded {
      var delay = backOff.next(random: .random(in: 0..<1))
      do throws(WebSocketError) {
        let end = await serve(try await link.connectControl(credential))
        events.lost(self)
        if isEnded { return }
        log.warning(
          "controller lost", metadata: ["code": "\(end.code)", "why": "\(end.reason)"])
        if end.wasWelcomed {
          backOff.reset()
          delay = backOff.next(random: .random(in: 0..<1))
        }
        lastFailure = ""
      } catch {
        if isEnded { return }
        if error.status == 401 {
          let used = credential
          await events.refused(self)
          // With another credential it may be known at once.
          delay = credential == used ? Limits.refusedCredential : .zero
        }
        if "\(error)" != lastFailure {
          // Once a cause, not once an attempt.
          lastFailure = "\(error)"
          log.warning("controller not reached", metadata: ["why": "\(error)"])
        }
      }
      do { try await loop.sleep(for: delay) } catch { return }
    }
  }

  private func serve(_ connection: WebSocketConnection) async -> ControlSession.End {
    if isEnded {
      connection.close(code: 1000, reason: "not wanted any more")
      return ControlSession.End(code: 1000, reason: "not wanted any more", wasWelcomed: false)
    }
    events.connected(self)
    var lease = Duration.zero
    let session = ControlSession(
      connection,
      events: ControlSession.Events(
        welcomed: { [unowned self] welcome in
          lease = .milliseconds(welcome.leaseMilliseconds)
          demandTimer?.cancel()
          uplink.retryNow()
          log.info("controller connected", metadata: ["worker": "\(welcome.workerName)"])
          events.welcomed(self, welcome)
        },
        desired: { [unowned self] set in events.desired(self, set) },
        demand: { [unowned self] set in events.demand(self, set) },
        controllers: { [unowned self] addresses in events.controllers(self, addresses) },
        heard: { [unowned self] time in events.heard(self, time, lease) },
        status: events.status, version: events.version),
      log: log)
    self.session = session
    let end = await session.run(events.hello())
    self.session = nil
    if !isEnded {
      // That of a connection before this one, which was not welcomed, would end what the next one wants.
      demandTimer?.cancel()
      demandTimer = loop.schedule(after: Limits.demandWithoutController) { [weak self] in
        if let self { events.forgotten(self) }
      }
    }
    return end
  }
}
