import AspenModel
import Synchronization

/// The newest status of every stream, as its worker says it. In memory only: workers say it again
/// after every connection.
final class StatusBoard: Sendable {
  private let statuses = Mutex<[Int64: StreamStatus]>([:])

  /// Takes over what a worker says of streams that are its own (`ClusterView.own`).
  func update(_ streams: [StreamStatus]) {
    statuses.withLock { statuses in
      for status in streams { statuses[status.streamID] = status }
    }
  }

  /// What was said last of every stream.
  var newest: [Int64: StreamStatus] { statuses.withLock { $0 } }

  /// The status of a stream at exactly this generation.
  func status(of streamID: Int64, generation: Int64) -> StreamStatus? {
    let status = statuses.withLock { $0[streamID] }
    return status?.generation == generation ? status : nil
  }

  /// Forgets streams that are no more.
  func keep(only streamIDs: Set<Int64>) {
    statuses.withLock { statuses in
      statuses = statuses.filter { streamIDs.contains($0.key) }
    }
  }
}
