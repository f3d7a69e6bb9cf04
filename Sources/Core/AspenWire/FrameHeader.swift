/// The head of a frame message (binary WebSocket message, version 1, network byte order).
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | version, 1 |
/// | 1 | 1 | kind: 1 JPEG |
/// | 2 | 2 | flags, 0 |
/// | 4 | 8 | stream id |
/// | 12 | 8 | generation of the assignment |
/// | 20 | 8 | sequence, from 1, of this generation |
/// | 28 | 8 | capture time, µs since the Unix epoch |
/// | 36 | 2 | width, pixels |
/// | 38 | 2 | height, pixels |
/// | 40 | 4 | length of the metadata in bytes |
/// | 44 | … | metadata, JSON; then the JPEG to the end of the message |
package struct FrameHeader: Sendable, Hashable {
  package let streamID: Int64
  package let generation: Int64
  package let sequence: Int64
  package let captureMicroseconds: Int64
  package let width: Int
  package let height: Int
  package let metadataByteCount: Int

  /// The version of this layout.
  package static let version: UInt8 = 1
  /// The only kind so far: a JPEG picture.
  package static let jpegKind: UInt8 = 1
  /// The size of the fixed part.
  package static let byteCount = 44
  /// The most metadata of one frame.
  package static let maxMetadataBytes = 256 * 1024

  /// A header of its fields; width and height fit 16 bits.
  package init(
    streamID: Int64, generation: Int64, sequence: Int64, captureMicroseconds: Int64, width: Int,
    height: Int, metadataByteCount: Int = 0
  ) {
    self.streamID = streamID
    self.generation = generation
    self.sequence = sequence
    self.captureMicroseconds = captureMicroseconds
    self.width = width
    self.height = height
    self.metadataByteCount = metadataByteCount
  }

  /// Reads the head of a message and checks that the message can hold what it announces.
  package init(decoding message: [UInt8]) throws(FrameError) {
    guard message.count > Self.byteCount else { throw .tooShort }
    guard message[0] == Self.version else { throw .unknownVersion(message[0]) }
    guard message[1] == Self.jpegKind else { throw .unknownKind(message[1]) }
    func integer(_ offset: Int, _ count: Int) -> UInt64 {
      var value: UInt64 = 0
      for index in offset..<(offset + count) { value = value << 8 | UInt64(message[index]) }
      return value
    }
    self.init(
      streamID: Int64(bitPattern: integer(4, 8)), generation: Int64(bitPattern: integer(12, 8)),
      sequence: Int64(bitPattern: integer(20, 8)),
      captureMicroseconds: Int64(bitPattern: integer(28, 8)), width: Int(integer(36, 2)),
      height: Int(integer(38, 2)), metadataByteCount: Int(integer(40, 4)))
    guard metadataByteCount <= Self.maxMetadataBytes, message.count > payloadOffset else {
      throw .badMetadataLength
    }
  }

  /// Where the JPEG begins in the message.
  package var payloadOffset: Int { Self.byteCount + metadataByteCount }

  /// A whole message: head, metadata, JPEG.
  package func message(metadata: [UInt8] = [], jpeg: [UInt8]) -> [UInt8] {
    precondition(metadata.count == metadataByteCount, "the header announces its metadata")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payloadOffset + jpeg.count)
    bytes.append(Self.version)
    bytes.append(Self.jpegKind)
    func append(_ value: UInt64, _ count: Int) {
      for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
      }
    }
    append(0, 2)
    append(UInt64(bitPattern: streamID), 8)
    append(UInt64(bitPattern: generation), 8)
    append(UInt64(bitPattern: sequence), 8)
    append(UInt64(bitPattern: captureMicroseconds), 8)
    append(UInt64(width), 2)
    append(UInt64(height), 2)
    append(UInt64(metadataByteCount), 4)
    bytes += metadata
    bytes += jpeg
    return bytes
  }
}

/// Why a message is no frame.
package enum FrameError: Error, Sendable, Hashable {
  case tooShort
  case unknownVersion(UInt8)
  case unknownKind(UInt8)
  case badMetadataLength
}
