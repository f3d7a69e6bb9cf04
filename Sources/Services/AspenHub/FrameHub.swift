package import AspenModel
package import AspenNet
package import AspenWebSocket
import AspenWire
package import Logging
import Synchronization

/// Takes each frame once from its worker and gives the same bytes to every viewer of its stream.
///
/// ```
/// uplink ─► ledger (fresh?) ─► shard of this loop ─► viewers    one frame in flight and one pending
///                          └─► mailbox ─► shard of another loop    for each viewer and stream;
///                                                                  the newest wins
/// ```
///
/// A shard a loop serves the connections of that loop. Frames of another generation than the stream's
/// current one are refused from the moment `setStreams` returns.
package final class FrameHub: Sendable {
  private let shards: [HubShard]
  private let ledger: FrameLedger
  private let configuration: HubConfiguration
  private let log: Logger

  /// A hub for connections of these loops (at least one). `onDemand` gets the union of all viewers'
  /// demands whenever it changes: on the first of the loops, in order.
  package init(
    loops: [EventLoop], configuration: HubConfiguration, log: Logger,
    onDemand: @escaping @Sendable ([Int64: FrameDemand]) -> Void
  ) {
    precondition(!loops.isEmpty, "a hub needs a loop")
    let ledger = FrameLedger(shardCount: loops.count)
    let demand = DemandPublisher(loop: loops[0], publish: onDemand)
    self.ledger = ledger
    self.configuration = configuration
    self.log = log
    shards = loops.enumerated().map { index, loop in
      HubShard(
        index: index, loop: loop, configuration: configuration, ledger: ledger, demand: demand,
        log: log)
    }
    let home = loops[0]
    home.execute { [weak self] in self?.expireFrames(on: home) }
  }

  // MARK: Streams

  /// Replaces the directory of streams. Any thread.
  package func setStreams(_ streams: [HubStream]) {
    let directory = ledger.withState { $0.setStreams(streams) }
    for shard in shards {
      shard.loop.execute { shard.adopt(directory) }
    }
  }

  private func expireFrames(on loop: EventLoop) {
    let oldest = loop.now + (.zero - configuration.keptFrameAge)
    ledger.withState { $0.dropFrames(before: oldest) }
    loop.schedule(after: configuration.keptFrameAge / 2) { [weak self] in
      self?.expireFrames(on: loop)
    }
  }

  // MARK: Uplinks

  /// Takes frames from a worker's connection until it closes; sets its callbacks. On the connection's
  /// loop. An earlier uplink of the same worker is closed.
  package func attachUplink(_ connection: WebSocketConnection, workerID: Int64) {
    let shard = shard(of: connection)
    let id = ledger.withState { $0.openUplink(workerID: workerID) }
    let uplink = HubUplink(id: id, workerID: workerID, connection: connection)
    connection.onBinary = { [self, unowned uplink] message in receive(message, uplink, shard) }
    connection.onText = { [unowned connection] _ in
      shard.totals.framesMalformed.add(1)
      connection.close(code: 1008, reason: "an uplink carries binary frame messages")
    }
    connection.onClose = { [self, uplink] code, reason in
      shard.detach(uplink)
      ledger.withState { $0.closeUplink(id, workerID: workerID) }
      log.info(
        "uplink closed",
        metadata: ["worker_id": "\(workerID)", "code": "\(code)", "reason": "\(reason)"])
    }
    log.info(
      "uplink opened", metadata: ["worker_id": "\(workerID)", "peer": "\(connection.peer)"])
    shard.attach(uplink)
    for shard in shards {
      shard.loop.execute { shard.closeUplinks(of: workerID, before: id) }
    }
  }

  private func receive(_ message: [UInt8], _ uplink: HubUplink, _ shard: HubShard) {
    let totals = shard.totals
    let header: FrameHeader
    do {
      header = try FrameHeader(decoding: message)
    } catch {
      totals.framesMalformed.add(1)
      log.warning(
        "malformed frame message",
        metadata: ["worker_id": "\(uplink.workerID)", "error": "\(error)"])
      uplink.connection.close(code: 1008, reason: "malformed frame message: \(error)")
      return
    }
    let admission = ledger.withState { ledger in
      ledger.admit(
        header, message, uplink: uplink.id, workerID: uplink.workerID, at: shard.loop.now)
    }
    switch admission {
    case .fresh(let frame, let watchers):
      totals.framesReceived.add(1)
      totals.bytesReceived.add(message.count)
      for (shard, count) in zip(shards, watchers) where count > 0 { shard.deliver(frame) }
    case .duplicate:
      totals.framesDuplicate.add(1)
    case .stale(let reason):
      totals.framesStale.add(1)
      guard !uplink.hasLoggedStale else { return }
      uplink.hasLoggedStale = true
      log.info(
        "stale frame refused",
        metadata: [
          "worker_id": "\(uplink.workerID)", "stream_id": "\(header.streamID)",
          "generation": "\(header.generation)", "reason": "\(reason)",
        ])
    }
  }

  // MARK: Viewers

  /// Sends frames to a viewer's connection until it closes; sets its callbacks. On the connection's loop.
  package func attachViewer(_ connection: WebSocketConnection, _ subscription: ViewerSubscription) {
    let viewers = shards.reduce(0) { $0 + $1.totals.viewers.current }
    guard viewers < configuration.maxViewers else {
      connection.close(code: 1013, reason: "too many viewers")
      return
    }
    shard(of: connection).attach(connection, subscription)
  }

  private func shard(of connection: WebSocketConnection) -> HubShard {
    guard let shard = shards.first(where: { $0.loop === connection.loop }) else {
      preconditionFailure("the connection is on none of the hub's loops")
    }
    return shard
  }

  // MARK: Facts

  /// Viewers of each watched stream. Any thread.
  package func viewerCounts() -> [Int64: Int] {
    ledger.withState { $0.viewerCounts }
  }

  /// What the hub has done so far. Any thread.
  package func statistics() -> HubStatistics {
    var result = HubStatistics()
    (result.streamsWatched, result.uplinks) = ledger.withState { ($0.watchedCount, $0.uplinkCount) }
    for totals in shards.map(\.totals) {
      result.viewers += totals.viewers.current
      result.framesReceived += totals.framesReceived.current
      result.bytesReceived += totals.bytesReceived.current
      result.framesStale += totals.framesStale.current
      result.framesDuplicate += totals.framesDuplicate.current
      result.framesMalformed += totals.framesMalformed.current
      result.framesSent += totals.framesSent.current
      result.bytesSent += totals.bytesSent.current
      result.framesSkipped += totals.framesSkipped.current
      result.viewersStalled += totals.viewersStalled.current
    }
    return result
  }

  /// Closes all viewers and uplinks with 1001, and those that come later. Any thread.
  package func closeAll(reason: String) {
    for shard in shards {
      shard.loop.execute { shard.closeAll(reason: reason) }
    }
  }
}
