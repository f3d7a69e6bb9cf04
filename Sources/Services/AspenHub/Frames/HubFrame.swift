import AspenNet
import AspenWire

/// One frame as it came from a worker. All viewers share its bytes.
struct HubFrame: Sendable {
  let header: FrameHeader
  /// Head, metadata and JPEG.
  let message: [UInt8]
  /// The order in which the hub took frames: a higher one is newer, whatever worker, generation or
  /// sequence it has.
  let order: UInt64
  let arrivedAt: MonotonicTime
}
