import AspenModel
import AspenNet
import AspenWire
import Logging

/// Performs what `WorkerState` and `ControllerDirectory` decide: pipelines, and a peer for each controller.
///
/// `@unchecked Sendable`: confined to `loop`.
final class WorkerEngine: @unchecked Sendable {
  /// Makes the worker known to a controller that does not know it; nil: not now.
  typealias Rejoin = (_ controller: ControllerLink) async -> Secret?

  private let loop: EventLoop
  private let configuration: WorkerConfiguration
  private let resources: WorkerResources
  private let links: ControllerLinks
  private let log: Logger
  private let host: PipelineHost
  private var state = WorkerState()
  private var directory: ControllerDirectory
  private var peers: [ControllerAddress: ControllerPeer] = [:]
  /// Peers that were ended, until nothing of them goes on.
  private var leaving: [ObjectIdentifier: ControllerPeer] = [:]
  private var credential = Secret("")
  private var rejoin: Rejoin?
  private var isRejoining = false
  private var isStopping = false
  private var leaseTimer: LoopTimer?

  init(
    loop: EventLoop, configuration: WorkerConfiguration, resources: WorkerResources,
    links: ControllerLinks, log: Logger
  ) {
    self.loop = loop
    self.configuration = configuration
    self.resources = resources
    self.links = links
    self.log = log
    directory = ControllerDirectory(configured: configuration.controllers)
    host = PipelineHost(loop: loop, mediaDirectory: configuration.mediaDirectory, log: log)
    host.begin(
      PipelineHost.Events(
        frame: { [weak self] frame in self?.frame(frame) },
        status: { [weak self] status in self?.status(status) },
        began: { [weak self] stream in self?.began(stream) },
        ended: { [weak self] in self?.statusChanged() }))
  }

  /// Connects to the controllers, as whom `credential` says. `rejoin` is asked when none knows the worker.
  func begin(_ credential: Secret, rejoin: @escaping Rejoin) {
    loop.preconditionInLoop()
    guard !isStopping else { return }
    self.credential = credential
    self.rejoin = rejoin
    perform(directory.begin())
  }

  /// Stops the cameras, then says goodbye to all controllers.
  func stop() async {
    loop.preconditionInLoop()
    isStopping = true
    await host.stopAll()
    leaseTimer?.cancel()
    rejoin = nil
    for peer in peers.values { peer.end("the worker stops", isGoodbye: true) }
    for peer in Array(peers.values) + Array(leaving.values) { await peer.ended() }
  }

  // MARK: Controllers

  private func perform(_ actions: [ControllerDirectory.Action]) {
    guard !isStopping else { return }
    for action in actions {
      switch action {
      case .connect(let address): connect(address)
      case .disconnect(let address, let why):
        guard let peer = peers.removeValue(forKey: address) else { continue }
        log.info("controller left", metadata: ["controller": "\(address)", "why": "\(why)"])
        peer.end(why)
        perform(state.endDemand(of: address))
        leaving[ObjectIdentifier(peer)] = peer
        loop.runTask { [self] in
          await peer.ended()
          leaving[ObjectIdentifier(peer)] = nil
        }
      }
    }
  }

  private func connect(_ address: ControllerAddress) {
    do {
      let peer = ControllerPeer(
        link: try links.link(address), credential: credential, loop: loop, events: peerEvents,
        log: log)
      peers[address] = peer
      peer.begin()
    } catch {
      log.warning(
        "controller not usable", metadata: ["controller": "\(address)", "why": "\(error)"])
    }
  }

  private var peerEvents: ControllerPeer.Events {
    ControllerPeer.Events(
      connected: { [unowned self] peer in state.connected(to: peer.address) },
      welcomed: { [unowned self] peer, welcome in
        perform(
          directory.welcomed(
            by: peer.address, id: welcome.controllerID, told: welcome.controllers ?? []))
      },
      desired: { [unowned self] _, set in
        perform(state.follow(set, at: .now))
        // The controllers wait for the word that the set is followed, also when nothing is to do.
        statusChanged()
      },
      demand: { [unowned self] peer, set in perform(state.follow(set, from: peer.address)) },
      controllers: { [unowned self] peer, addresses in
        perform(directory.told(addresses, by: peer.address))
      },
      heard: { [unowned self] _, time, lease in
        perform(state.extendLease(until: time + lease, at: .now))
      },
      lost: { [unowned self] peer in
        if peers[peer.address] === peer { perform(directory.lost(peer.address)) }
      },
      forgotten: { [unowned self] peer in
        if peers[peer.address] === peer { perform(state.endDemand(of: peer.address)) }
      },
      refused: { [unowned self] peer in await refused(by: peer) },
      hello: { [unowned self] in
        WorkerMessage.Hello(
          version: ProgramVersion.current, capacityStreams: configuration.capacityStreams,
          labels: configuration.labels.values, running: state.running(open: host.open),
          resources: resources,
          accepts: ControllerMessage.OptionalKind.allCases.map(\.rawValue))
      },
      status: { [unowned self] in
        WorkerMessage.Status(
          streams: state.statuses, followed: state.version,
          running: state.running(open: host.open))
      },
      version: { [unowned self] in
        // A timer that came late, since the machine or the process was paused, is made up for here.
        perform(state.checkLease(at: .now))
        return state.version
      })
  }

  /// A controller does not know this worker. While another does, that one's word counts; else the worker was
  /// deleted, and others run its streams.
  private func refused(by peer: ControllerPeer) async {
    guard !directory.works(besides: peer.address), let rejoin, !isRejoining else { return }
    isRejoining = true
    defer { isRejoining = false }
    perform(state.dismissed())
    guard let link = try? links.link(peer.address), let new = await rejoin(link), !isStopping else {
      return
    }
    credential = new
    for peer in peers.values { peer.setCredential(new) }
  }

  // MARK: Streams

  private func perform(_ actions: [WorkerState.Action]) {
    for action in actions {
      switch action {
      case .run(let stream, let demand):
        log.info(
          "stream assigned",
          metadata: ["stream": "\(stream.name)", "generation": "\(stream.generation)"])
        forgetFrames(stream.streamID)
        host.run(stream, demand)
      case .stop(let streamID):
        log.info("stream withdrawn", metadata: ["stream_id": "\(streamID)"])
        forgetFrames(streamID)
        host.stop(streamID: streamID)
      case .setDemand(let streamID, let demand):
        host.setDemand(streamID: streamID, demand)
      case .refuse(let stream, let seen):
        log.warning(
          "stale assignment refused",
          metadata: [
            "stream": "\(stream.name)", "generation": "\(stream.generation)", "seen": "\(seen)",
          ])
      case .reconnect:
        log.warning("no controller was heard for too long: streams that may not go on have stopped")
        for peer in peers.values { peer.reconnect("the lease has run out") }
      }
    }
    for peer in peers.values { peer.uplink.setWanted(state.hasDemand(of: peer.address)) }
    watchLease()
    if !actions.isEmpty { statusChanged() }
  }

  private func watchLease() {
    leaseTimer?.cancel()
    leaseTimer = nil
    guard let deadline = state.leaseDeadline, !isStopping else { return }
    let delay = max(ContinuousClock.now.duration(to: deadline), .milliseconds(1))
    leaseTimer = loop.schedule(after: delay) { [weak self] in
      guard let self else { return }
      perform(state.checkLease(at: .now))
    }
  }

  private func forgetFrames(_ streamID: Int64) {
    for peer in peers.values { peer.uplink.remove(streamID: streamID) }
  }

  private func statusChanged() {
    for peer in peers.values { peer.statusChanged() }
  }

  private func frame(_ frame: UplinkFrame) {
    // A frame of an ended pipeline may still have been on its way to the loop.
    guard state.generation(of: frame.streamID) == frame.generation else { return }
    for peer in peers.values where state.wants(frame.streamID, for: peer.address) {
      peer.uplink.offer(frame)
    }
  }

  private func began(_ stream: DesiredStream) {
    state.began(stream)
    statusChanged()
  }

  private func status(_ status: StreamStatus) {
    if state.update(status) == .soon { statusChanged() }
  }
}
