import AspenWire
import Synchronization

/// Frames on their way to another loop: one a stream, the newest. It bounds what a busy loop has yet to
/// take.
final class FrameMailbox: Sendable {
  private let frames = Mutex<[Int64: HubFrame]>([:])

  /// Puts a frame in, in place of an older one of its stream. True if the box was empty: then its owner
  /// must be told.
  func put(_ frame: HubFrame) -> Bool {
    frames.withLock { frames in
      let wasEmpty = frames.isEmpty
      let streamID = frame.header.streamID
      if let old = frames[streamID], old.order > frame.order { return wasEmpty }
      frames[streamID] = frame
      return wasEmpty
    }
  }

  /// Takes all frames out, in their order.
  func take() -> [HubFrame] {
    let taken = frames.withLock { frames in
      defer { frames = [:] }
      return frames
    }
    return taken.count < 2 ? Array(taken.values) : taken.values.sorted { $0.order < $1.order }
  }
}
