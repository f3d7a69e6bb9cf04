/// Why a stream closed.
package enum StreamClosed: Hashable, Sendable, CustomStringConvertible {
  /// The peer ended the stream in order.
  case endOfFile
  /// The peer broke off: a TCP reset, or TLS that ended without its closing alert.
  case reset
  /// The stream failed.
  case error(NetError)
  /// This side closed it.
  case local
  /// A deadline of this side passed.
  case timeout

  /// The reason in words.
  package var description: String {
    switch self {
    case .endOfFile: "the peer closed the connection"
    case .reset: "the peer broke off the connection"
    case .error(let error): error.description
    case .local: "closed"
    case .timeout: "timed out"
    }
  }
}

/// Who reads a stream. All calls come on the stream's loop, one after the other, and none comes while a
/// call into the same stream (`write`, `flush`, `close` …) is running.
package protocol ByteStreamHandler: AnyObject {
  /// Bytes arrived. They are valid during the call; the callee copies what it keeps.
  func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>)
  /// The write queue has fallen to `lowWaterBytes` after having been above `highWaterBytes`.
  func streamDrained(_ stream: ByteStream)
  /// The stream is over. Comes exactly once, last.
  func streamClosed(_ stream: ByteStream, _ reason: StreamClosed)
}

/// The bounds of a stream's write queue.
package struct ByteStreamLimits: Hashable, Sendable {
  /// A write that makes the queue longer than this closes the stream with `.error(.queueFull)`. 16 MiB:
  /// several of the largest frames.
  package var maxQueuedBytes = 16 << 20
  /// Above this the writer ought to wait for `streamDrained`.
  package var highWaterBytes = 1 << 20
  /// The length at which `streamDrained` comes.
  package var lowWaterBytes = 256 << 10

  /// The limits above.
  package init() {}
}
