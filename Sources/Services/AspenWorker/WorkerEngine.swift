import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging

/// Performs what `WorkerState` decides: pipelines, the uplink, the control session.
///
/// `@unchecked Sendable`: confined to `loop`.
final class WorkerEngine: @unchecked Sendable {
  private enum Limits {
    /// After so long without a controller nobody can be watching: encoding ends, cameras stay open.
    static let demandWithoutController: Duration = .seconds(10)
  }

  private let loop: EventLoop
  private let configuration: WorkerConfiguration
  private let log: Logger
  private let host: PipelineHost
  private let uplink: Uplink
  private var state = WorkerState()
  private var session: ControlSession?
  private var demandTimer: LoopTimer?

  init(
    loop: EventLoop, configuration: WorkerConfiguration, client: ControllerLink, log: Logger
  ) {
    self.loop = loop
    self.configuration = configuration
    self.log = log
    host = PipelineHost(loop: loop, mediaDirectory: configuration.mediaDirectory, log: log)
    uplink = Uplink(loop: loop, client: client, log: log)
    host.begin(
      PipelineHost.Events(
        frame: { [weak self] frame in self?.frame(frame) },
        status: { [weak self] status in self?.status(status) },
        began: { [weak self] stream in self?.began(stream) },
        ended: { [weak self] in self?.session?.statusChanged() }))
  }

  /// Whom the worker is from now on.
  func setCredential(_ credential: Secret) {
    uplink.setCredential(credential)
  }

  /// Serves a control connection until it ends.
  func serve(_ connection: WebSocketConnection) async -> ControlSession.End {
    loop.preconditionInLoop()
    state.connected()
    let session = ControlSession(
      connection,
      events: ControlSession.Events(
        welcomed: { [unowned self] welcome in welcomed(welcome) },
        desired: { [unowned self] set in
          perform(state.follow(set))
          // The controller waits for the word that the set is followed, also when nothing is to do.
          self.session?.statusChanged()
        },
        demand: { [unowned self] set in perform(state.follow(set)) },
        status: { [unowned self] in
          WorkerMessage.Status(
            streams: state.statuses, desiredRevision: state.desiredRevision,
            running: state.running(open: host.open))
        },
        desiredRevision: { [unowned self] in state.desiredRevision }),
      log: log)
    self.session = session
    let end = await session.run(
      WorkerMessage.Hello(
        version: ProgramVersion.current, capacityStreams: configuration.capacityStreams,
        labels: configuration.labels.values, running: state.running(open: host.open)))
    self.session = nil
    demandTimer?.cancel()
    demandTimer = loop.schedule(after: Limits.demandWithoutController) { [weak self] in
      guard let self else { return }
      self.perform(self.state.endDemand())
    }
    return end
  }

  /// The controller does not know this worker any more: others run its streams.
  func dismissed() {
    loop.preconditionInLoop()
    perform(state.dismissed())
  }

  /// Stops the cameras, then says goodbye.
  func stop() async {
    loop.preconditionInLoop()
    await host.stopAll()
    demandTimer?.cancel()
    uplink.close("the worker stops")
    session?.goAway()
  }

  private func welcomed(_ welcome: ControllerMessage.Welcome) {
    demandTimer?.cancel()
    demandTimer = nil
    uplink.retryNow()
    log.info("controller connected", metadata: ["worker": "\(welcome.workerName)"])
  }

  private func perform(_ actions: [WorkerState.Action]) {
    for action in actions {
      switch action {
      case .run(let stream, let demand):
        log.info(
          "stream assigned",
          metadata: ["stream": "\(stream.name)", "generation": "\(stream.generation)"])
        uplink.remove(streamID: stream.streamID)
        host.run(stream, demand)
      case .stop(let streamID):
        log.info("stream withdrawn", metadata: ["stream_id": "\(streamID)"])
        uplink.remove(streamID: streamID)
        host.stop(streamID: streamID)
      case .setDemand(let streamID, let demand):
        host.setDemand(streamID: streamID, demand)
      case .refuse(let stream, let seen):
        log.warning(
          "stale assignment refused",
          metadata: [
            "stream": "\(stream.name)", "generation": "\(stream.generation)", "seen": "\(seen)",
          ])
      }
    }
    uplink.setWanted(state.hasDemand)
    if !actions.isEmpty { session?.statusChanged() }
  }

  private func frame(_ frame: UplinkFrame) {
    // A frame of an ended pipeline may still have been on its way to the loop.
    guard state.generation(of: frame.streamID) == frame.generation else { return }
    uplink.offer(frame)
  }

  private func began(_ stream: DesiredStream) {
    state.began(stream)
    session?.statusChanged()
  }

  private func status(_ status: StreamStatus) {
    if state.update(status) == .soon { session?.statusChanged() }
  }
}
