import AspenMedia
import Synchronization

/// The newest frame of a camera on its way from the camera's thread to the worker's loop. One frame: a
/// newer one replaces it when the loop is late.
final class LatestFrame: Sendable {
  private let frame = Mutex<EncodedFrame?>(nil)

  /// Puts a frame in. True if the place was empty: then the taker must be told.
  func put(_ new: EncodedFrame) -> Bool {
    frame.withLock { frame in
      defer { frame = new }
      return frame == nil
    }
  }

  /// Takes the frame out.
  func take() -> EncodedFrame? {
    frame.withLock { frame in
      defer { frame = nil }
      return frame
    }
  }
}
