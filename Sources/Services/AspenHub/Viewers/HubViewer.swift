import AspenModel
import AspenNet
import AspenWebSocket
import AspenWire

/// A viewer's connection and what it is to get. Confined to the connection's loop.
final class HubViewer {
  let id: UInt64
  let connection: WebSocketConnection
  let subscription: ViewerSubscription
  /// The streams that it follows now, by id.
  private(set) var streams: [HubStream] = []
  private var state: ViewerState
  private let totals: ShardTotals

  init(
    id: UInt64, connection: WebSocketConnection, subscription: ViewerSubscription,
    totals: ShardTotals
  ) {
    self.id = id
    self.connection = connection
    self.subscription = subscription
    self.totals = totals
    state = ViewerState(
      framesPerSecond: subscription.framesPerSecond, announces: subscription.mode == .header)
  }

  /// The counters of what it got.
  var counters: (sent: Int, skipped: Int) { (state.sent, state.skipped) }

  /// Follows other streams from now on.
  func follow(_ streams: [HubStream]) {
    self.streams = streams
    state.follow(Set(streams.map(\.id)))
    pump()
  }

  /// Drops what waits of older generations.
  func dropStale(_ directory: StreamDirectory) {
    state.dropStale { directory[$0]?.lowestGeneration }
  }

  /// Sends the frame now or keeps it until the connection has room.
  func offer(_ frame: HubFrame) {
    if state.offer(frame, at: connection.loop.now) == .replaced { totals.framesSkipped.add(1) }
    pump()
  }

  /// Sends the next message if nothing is in flight.
  func pump() {
    guard connection.isIdleForWriting else { return }
    switch state.next(at: connection.loop.now) {
    case nil: return
    case .streams: connection.send(text: streamList)
    case .frame(let frame): send(frame)
    }
  }

  /// Whether it has not taken a byte for longer than `limit` though there is something to take.
  func isStalled(_ limit: Duration) -> Bool {
    let stall = state.stall(
      isIdle: connection.isIdleForWriting, lastProgress: connection.lastProgress,
      at: connection.loop.now)
    return stall > limit
  }

  private func send(_ frame: HubFrame) {
    let bytes =
      subscription.mode == .plain
      ? frame.message[frame.header.payloadOffset...] : frame.message[...]
    totals.framesSent.add(1)
    totals.bytesSent.add(bytes.count)
    connection.send(binary: bytes)
  }

  private var streamList: String {
    let list = streams.map { stream -> JSONValue in
      ["id": .integer(stream.id), "name": .string(stream.name)]
    }
    let message: JSONValue = ["type": "streams", "streams": .array(list)]
    return message.serializedText
  }
}
