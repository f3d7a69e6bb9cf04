import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire
import Logging

/// What one shard has done; written on its loop, read anywhere.
final class ShardTotals: Sendable {
  let framesSent = LoopCounter()
  let bytesSent = LoopCounter()
  let framesSkipped = LoopCounter()
  let framesReceived = LoopCounter()
  let bytesReceived = LoopCounter()
  let framesStale = LoopCounter()
  let framesDuplicate = LoopCounter()
  let framesMalformed = LoopCounter()
  let viewersStalled = LoopCounter()
  let viewers = LoopCounter()
}

/// The viewers and uplinks of one loop.
///
/// `@unchecked Sendable`: all but `deliver` is called on its loop only, and checked there.
final class HubShard: @unchecked Sendable {
  let index: Int
  let loop: EventLoop
  let totals = ShardTotals()
  private let configuration: HubConfiguration
  private let ledger: FrameLedger
  private let demand: DemandPublisher
  private let log: Logger
  private let mailbox = FrameMailbox()

  private var directory = StreamDirectory.empty
  private var viewers: [UInt64: HubViewer] = [:]
  private var watchers: [Int64: [UInt64: HubViewer]] = [:]
  private var uplinks: [UInt64: HubUplink] = [:]
  private var lastViewerID: UInt64 = 0
  private var changedStreams: Set<Int64> = []
  private var demandTimer: LoopTimer?
  private var lastReport: MonotonicTime?
  private var sweepTimer: LoopTimer?
  private var closeReason: String?

  init(
    index: Int, loop: EventLoop, configuration: HubConfiguration, ledger: FrameLedger,
    demand: DemandPublisher, log: Logger
  ) {
    self.index = index
    self.loop = loop
    self.configuration = configuration
    self.ledger = ledger
    self.demand = demand
    self.log = log
  }

  // MARK: Streams

  /// Follows a newer directory.
  func adopt(_ directory: StreamDirectory) {
    loop.preconditionInLoop()
    guard directory.revision > self.directory.revision else { return }
    let hasNewSelection = directory.selectionRevision != self.directory.selectionRevision
    self.directory = directory
    for viewer in viewers.values {
      viewer.dropStale(directory)
      if hasNewSelection { select(viewer) }
    }
    reportDemand()
  }

  private func select(_ viewer: HubViewer) {
    let old = viewer.streams
    let new = directory.selected(
      by: viewer.subscription.selection, within: viewer.subscription.scopes)
    let oldIDs = Set(old.map(\.id))
    let newIDs = Set(new.map(\.id))
    for streamID in oldIDs.subtracting(newIDs) { unwatch(streamID, viewer) }
    // A renamed stream is announced again, too.
    let isSame = old.elementsEqual(new) { $0.id == $1.id && $0.name == $1.name }
    if !isSame { viewer.follow(new) }
    for streamID in newIDs.subtracting(oldIDs) { watch(streamID, viewer) }
  }

  private func watch(_ streamID: Int64, _ viewer: HubViewer) {
    // Sending the list may have found the connection closed.
    guard viewers[viewer.id] === viewer else { return }
    watchers[streamID, default: [:]][viewer.id] = viewer
    changedStreams.insert(streamID)
    let newest = ledger.withState { $0.watch(streamID, shard: index) }
    if let newest, loop.now - newest.arrivedAt <= configuration.keptFrameAge {
      viewer.offer(newest)
    }
  }

  private func unwatch(_ streamID: Int64, _ viewer: HubViewer) {
    guard watchers[streamID]?.removeValue(forKey: viewer.id) != nil else { return }
    if watchers[streamID]?.isEmpty == true { watchers[streamID] = nil }
    changedStreams.insert(streamID)
    ledger.withState { $0.unwatch(streamID, shard: index) }
  }

  // MARK: Frames

  /// Gives a frame to this shard's viewers. Any thread.
  func deliver(_ frame: HubFrame) {
    if loop.inLoop {
      publish(frame)
    } else if mailbox.put(frame) {
      loop.execute { [self] in
        for frame in mailbox.take() { publish(frame) }
      }
    }
  }

  private func publish(_ frame: HubFrame) {
    let streamID = frame.header.streamID
    // The frame may have been on its way while its generation ended.
    if let lowest = directory[streamID]?.lowestGeneration, frame.header.generation < lowest {
      return
    }
    guard let viewers = watchers[streamID] else { return }
    for viewer in viewers.values { viewer.offer(frame) }
  }

  // MARK: Viewers

  /// Serves a viewer until it closes.
  func attach(_ connection: WebSocketConnection, _ subscription: ViewerSubscription) {
    loop.preconditionInLoop()
    if let closeReason {
      connection.close(code: 1001, reason: closeReason)
      return
    }
    lastViewerID += 1
    let viewer = HubViewer(
      id: lastViewerID, connection: connection, subscription: subscription, totals: totals)
    viewers[viewer.id] = viewer
    totals.viewers.add(1)
    // Drained means idle: only then the next frame is chosen, so that it is the newest.
    connection.writeLimits.highWaterBytes = 0
    connection.writeLimits.lowWaterBytes = 0
    connection.writeLimits.maxQueuedBytes = 2 * WireProtocol.maxFrameBytes
    connection.onDrain = { [weak viewer] in viewer?.pump() }
    connection.onClose = { [weak self, weak viewer] _, _ in
      guard let self, let viewer else { return }
      self.detach(viewer)
    }
    // The handshake's answer goes first: the connection is idle then, and begins at once.
    connection.flush()
    select(viewer)
    viewer.pump()
    reportDemand()
    startSweep()
  }

  private func detach(_ viewer: HubViewer) {
    guard viewers.removeValue(forKey: viewer.id) != nil else { return }
    totals.viewers.add(-1)
    for stream in viewer.streams { unwatch(stream.id, viewer) }
    let counters = viewer.counters
    log.debug(
      "viewer left",
      metadata: [
        "peer": "\(viewer.connection.peer)", "sent": "\(counters.sent)",
        "skipped": "\(counters.skipped)",
      ])
    reportDemand()
  }

  private func startSweep() {
    guard sweepTimer == nil, !viewers.isEmpty else { return }
    sweepTimer = loop.schedule(after: configuration.sweepInterval) { [weak self] in self?.sweep() }
  }

  private func sweep() {
    sweepTimer = nil
    for viewer in viewers.values where viewer.isStalled(configuration.stallTimeout) {
      totals.viewersStalled.add(1)
      log.info("viewer stalled", metadata: ["peer": "\(viewer.connection.peer)"])
      // It reads nothing, so no closing handshake will end: its watchers go now.
      detach(viewer)
      viewer.connection.close(code: 1013, reason: "the viewer takes no frames")
    }
    startSweep()
  }

  // MARK: Demand

  /// Reports changed demand: at once, or a little later if it just has.
  private func reportDemand() {
    guard !changedStreams.isEmpty, demandTimer == nil else { return }
    let wait = lastReport.map { $0 + configuration.demandInterval - loop.now } ?? .zero
    guard wait > .zero else { return sendDemand() }
    demandTimer = loop.schedule(after: wait) { [weak self] in
      self?.demandTimer = nil
      self?.sendDemand()
    }
  }

  private func sendDemand() {
    lastReport = loop.now
    var changes: [Int64: FrameDemand?] = [:]
    for streamID in changedStreams {
      changes[streamID] = .some(
        watchers[streamID]?.values.lazy.map(\.subscription.demand).joinedDemand)
    }
    changedStreams = []
    demand.update(shard: index, changes)
  }

  // MARK: Uplinks

  /// Keeps an uplink, for `closeUplinks` and `closeAll`.
  func attach(_ uplink: HubUplink) {
    loop.preconditionInLoop()
    if let closeReason {
      uplink.connection.close(code: 1001, reason: closeReason)
    } else {
      uplinks[uplink.id] = uplink
    }
  }

  /// Forgets an uplink that has closed.
  func detach(_ uplink: HubUplink) {
    uplinks[uplink.id] = nil
  }

  /// Closes earlier uplinks of a worker.
  func closeUplinks(of workerID: Int64, before id: UInt64) {
    loop.preconditionInLoop()
    for uplink in uplinks.values where uplink.workerID == workerID && uplink.id < id {
      uplink.connection.close(code: 1008, reason: "a newer uplink has replaced this one")
    }
  }

  /// Closes everything, and whatever comes later.
  func closeAll(reason: String) {
    loop.preconditionInLoop()
    closeReason = reason
    sweepTimer?.cancel()
    sweepTimer = nil
    for viewer in viewers.values { viewer.connection.close(code: 1001, reason: reason) }
    for uplink in uplinks.values { uplink.connection.close(code: 1001, reason: reason) }
  }
}
