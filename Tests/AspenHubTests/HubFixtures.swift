import AspenModel
import AspenNet
import AspenWire

@testable import AspenHub

/// A frame message of a size; its last bytes tell it apart.
func frameMessage(
  stream: Int64, generation: Int64 = 1, sequence: Int64, bytes: Int = 1_000,
  metadata: [UInt8] = []
) -> [UInt8] {
  var jpeg = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: bytes)
  jpeg[0] = 0xFF
  jpeg[1] = 0xD8
  let header = FrameHeader(
    streamID: stream, generation: generation, sequence: sequence,
    captureMicroseconds: sequence * 40_000, width: 640, height: 480,
    metadataByteCount: metadata.count)
  return header.message(metadata: metadata, jpeg: jpeg)
}

/// A frame as the ledger would let it through.
func hubFrame(
  stream: Int64, order: UInt64, generation: Int64 = 1, at milliseconds: UInt64 = 0
) -> HubFrame {
  let header = FrameHeader(
    streamID: stream, generation: generation, sequence: Int64(order), captureMicroseconds: 0,
    width: 4, height: 4)
  return HubFrame(
    header: header, message: header.message(jpeg: [0xFF, 0xD8]), order: order,
    arrivedAt: time(milliseconds))
}

/// A point of a manual clock.
func time(_ milliseconds: UInt64) -> MonotonicTime {
  MonotonicTime(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
}

/// A stream that worker 1 runs.
func hubStream(
  _ id: Int64, _ name: String, labels: [String: String] = [:], generation: Int64? = 1,
  workerID: Int64 = 1, previous: HubStream.Owner? = nil
) throws -> HubStream {
  HubStream(
    id: id, name: name, labels: try Labels(labels), cameraLabels: try Labels(labels),
    owner: generation.map { HubStream.Owner(workerID: workerID, generation: $0) },
    previous: previous)
}
