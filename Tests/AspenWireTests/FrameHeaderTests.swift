import AspenTestSupport
import AspenWire
import Testing

@Suite("Frame header")
struct FrameHeaderTests {
  private static let header = FrameHeader(
    streamID: 7, generation: 3, sequence: 0x0102_0304_0506_0708,
    captureMicroseconds: 1_763_000_000_000_001, width: 1920, height: 1080, metadataByteCount: 2)

  @Test("the layout is the documented one, in network byte order")
  func layout() {
    let message = Self.header.message(metadata: Array("{}".utf8), jpeg: [0xFF, 0xD8])
    #expect(
      message == [
        1, 1, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 7,
        0, 0, 0, 0, 0, 0, 0, 3,
        1, 2, 3, 4, 5, 6, 7, 8,
        0, 0x06, 0x43, 0x70, 0x6C, 0xBD, 0x30, 0x01,
        0x07, 0x80, 0x04, 0x38,
        0, 0, 0, 2,
        0x7B, 0x7D, 0xFF, 0xD8,
      ])
  }

  @Test("random headers survive writing and reading")
  func roundTrip() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("frame header: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let metadata = [UInt8](repeating: 0x20, count: Int.random(in: 0...300, using: &generator))
      let jpeg = [UInt8](repeating: 0xD8, count: Int.random(in: 1...300, using: &generator))
      let whole = Int64.min...Int64.max
      let header = FrameHeader(
        streamID: .random(in: whole, using: &generator),
        generation: .random(in: whole, using: &generator),
        sequence: .random(in: whole, using: &generator),
        captureMicroseconds: .random(in: whole, using: &generator),
        width: .random(in: 0...0xFFFF, using: &generator),
        height: .random(in: 0...0xFFFF, using: &generator), metadataByteCount: metadata.count)
      let message = header.message(metadata: metadata, jpeg: jpeg)
      let decoded = try FrameHeader(decoding: message)
      #expect(decoded == header, "seed \(seed)")
      #expect(Array(message[decoded.payloadOffset...]) == jpeg, "seed \(seed)")
    }
  }

  @Test("every truncation that loses the picture is refused")
  func truncations() throws {
    let message = Self.header.message(metadata: Array("{}".utf8), jpeg: [0xFF])
    for end in 0..<message.count {
      #expect(throws: FrameError.self) { try FrameHeader(decoding: Array(message[..<end])) }
    }
    #expect(throws: FrameError.tooShort) {
      try FrameHeader(decoding: Array(message[..<FrameHeader.byteCount]))
    }
    #expect(try FrameHeader(decoding: message) == Self.header)
  }

  @Test("another version or kind, and metadata that the message cannot hold, are refused")
  func malformed() {
    let message = Self.header.message(metadata: Array("{}".utf8), jpeg: [0xFF])
    func changed(_ index: Int, _ byte: UInt8) -> [UInt8] {
      var bytes = message
      bytes[index] = byte
      return bytes
    }
    #expect(throws: FrameError.unknownVersion(2)) { try FrameHeader(decoding: changed(0, 2)) }
    #expect(throws: FrameError.unknownKind(9)) { try FrameHeader(decoding: changed(1, 9)) }
    #expect(throws: FrameError.badMetadataLength) { try FrameHeader(decoding: changed(43, 3)) }
    #expect(throws: FrameError.badMetadataLength) { try FrameHeader(decoding: changed(40, 0xFF)) }
  }

  @Test("metadata beyond its limit is refused even when it is all there")
  func metadataLimit() {
    let count = FrameHeader.maxMetadataBytes + 1
    let header = FrameHeader(
      streamID: 1, generation: 1, sequence: 1, captureMicroseconds: 0, width: 1, height: 1,
      metadataByteCount: count)
    let message = header.message(metadata: [UInt8](repeating: 0x20, count: count), jpeg: [0xFF])
    #expect(throws: FrameError.badMetadataLength) { try FrameHeader(decoding: message) }
  }

  @Test("random bytes are read or refused")
  func fuzz() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("frame fuzz: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      for index in bytes.indices.prefix(2) { bytes[index] = 1 }
      guard let header = try? FrameHeader(decoding: bytes) else { continue }
      #expect(header.payloadOffset < bytes.count, "seed \(seed)")
    }
  }
}
