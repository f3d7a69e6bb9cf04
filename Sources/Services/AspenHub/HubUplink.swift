import AspenWebSocket

/// A worker's frame connection. Confined to the connection's loop.
final class HubUplink {
  /// Grows with every uplink of the hub.
  let id: UInt64
  let workerID: Int64
  let connection: WebSocketConnection
  /// Whether a refused frame was logged: once an uplink, since a late frame is no news.
  var hasLoggedStale = false

  init(id: UInt64, workerID: Int64, connection: WebSocketConnection) {
    self.id = id
    self.workerID = workerID
    self.connection = connection
  }
}
