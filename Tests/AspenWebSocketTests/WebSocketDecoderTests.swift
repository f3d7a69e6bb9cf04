import AspenTestSupport
import Testing

@testable import AspenWebSocket

/// What a decoder made of some bytes.
struct Decoded: Equatable {
  var events: [WebSocketEvent] = []
  var error: UInt16?
}

func decode(
  _ pieces: [ArraySlice<UInt8>], role: WebSocketRole = .server, limit: Int = 1 << 20
) -> Decoded {
  var decoder = WebSocketDecoder(role: role, maxMessageBytes: limit)
  var result = Decoded()
  for piece in pieces {
    var position = 0
    do throws(WebSocketProtocolError) {
      while let event = try decoder.next(piece.span, &position) { result.events.append(event) }
      #expect(position == piece.count, "bytes were left")
    } catch {
      result.error = error.code
      return result
    }
  }
  return result
}

func decode(_ bytes: [UInt8], role: WebSocketRole = .server, limit: Int = 1 << 20) -> Decoded {
  decode([bytes[...]], role: role, limit: limit)
}

/// A client's frame.
func frame(
  _ opcode: WebSocketOpcode, _ payload: [UInt8], final: Bool = true, mask: UInt32? = 0x37FA_213D
) -> [UInt8] {
  WebSocketEncoder.frame(opcode, isFinal: final, payload[...], mask: mask)
}

func frame(_ opcode: WebSocketOpcode, _ text: String, final: Bool = true) -> [UInt8] {
  frame(opcode, Array(text.utf8), final: final)
}

@Suite("WebSocket decoder")
struct WebSocketDecoderTests {
  @Test("the examples of RFC 6455 5.7 are read")
  func examples() {
    #expect(
      decode([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], role: .client).events == [.text("Hello")])
    let masked: [UInt8] = [
      0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
    ]
    #expect(decode(masked).events == [.text("Hello")])
    #expect(frame(.text, "Hello") == masked)
    #expect(
      decode([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F], role: .client).events
        == [.text("Hello")])
    #expect(
      decode([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], role: .client).events
        == [.ping(Array("Hello".utf8))])
  }

  @Test("messages are the same at every split point")
  func splitPoints() {
    let bytes =
      frame(.text, "κόσμε") + frame(.text, "") + frame(.binary, [])
      + frame(.binary, [1, 2, 3], final: false) + frame(.ping, "ping")
      + frame(.continuation, [], final: false) + frame(.continuation, [4])
      + frame(.binary, [UInt8](repeating: 7, count: 200)) + frame(.pong, "")
      + frame(.text, "ab", final: false) + frame(.continuation, "c")
      + frame(.close, [0x03, 0xE8, 0x62, 0x79, 0x65])
    let expected: [WebSocketEvent] = [
      .text("κόσμε"), .text(""), .binary([]), .ping(Array("ping".utf8)), .binary([1, 2, 3, 4]),
      .binary([UInt8](repeating: 7, count: 200)), .pong([]), .text("abc"),
      .close(code: 1000, reason: "bye"),
    ]
    #expect(decode(bytes).events == expected)
    for split in 0...bytes.count {
      #expect(
        decode([bytes[..<split], bytes[split...]]) == Decoded(events: expected), "split at \(split)"
      )
    }
    #expect(decode(bytes.indices.map { bytes[$0...$0] }) == Decoded(events: expected))
  }

  @Test("every length comes through masking, wherever it is cut")
  func lengths() {
    let lengths = Array(0...300) + [65_534, 65_535, 65_536, 65_537, 70_000]
    for length in lengths {
      let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ length) }
      let bytes = frame(.binary, payload, mask: 0xA1B2_C3D4)
      let headBytes = length < 126 ? 6 : length <= 0xFFFF ? 8 : 14
      #expect(bytes.count == headBytes + length)
      #expect(decode(bytes).events == [.binary(payload)])
      for cut in 0...9 {
        let middle = min(bytes.count, headBytes + cut)
        #expect(decode([bytes[..<middle], bytes[middle...]]).events == [.binary(payload)])
      }
      let plain = frame(.binary, payload, mask: nil)
      #expect(decode(plain, role: .client).events == [.binary(payload)])
    }
  }

  @Test(
    "frames against the rules are refused with 1002",
    arguments: [
      [0x81, 0x00],  // not masked
      [0xC1, 0x80], [0xA1, 0x80], [0x91, 0x80],  // reserved bits
      [0x83, 0x80], [0x84, 0x80], [0x87, 0x80], [0x8B, 0x80], [0x8F, 0x80],  // reserved opcodes
      [0x09, 0x80], [0x08, 0x80], [0x0A, 0x80],  // fragmented control frames
      [0x89, 0xFE], [0x88, 0xFF],  // control frames over 125 bytes
      [0x80, 0x80], [0x00, 0x80],  // nothing to continue
      [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80],  // a message inside another
      [0x82, 0xFE, 0x00, 0x7D, 0, 0, 0, 0],  // 125 in 16 bits
      [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0],  // 65535 in 64 bits
      [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],  // negative
      [0x88, 0x81, 0, 0, 0, 0, 0x03],  // a close frame of one byte
    ] as [[UInt8]])
  func protocolErrors(bytes: [UInt8]) {
    #expect(decode(bytes) == Decoded(error: 1002))
    #expect(decode(bytes.indices.map { bytes[$0...$0] }) == Decoded(error: 1002))
  }

  @Test("a client refuses a masked frame")
  func maskedByServer() {
    #expect(decode(frame(.text, "a"), role: .client).error == 1002)
  }

  @Test("close codes are checked")
  func closeCodes() {
    for code in 0...5000 {
      let bytes = frame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
      let isGood =
        (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
      let expected =
        isGood
        ? Decoded(events: [.close(code: UInt16(code), reason: "")]) : Decoded(error: 1002)
      #expect(decode(bytes) == expected, "\(code)")
    }
    #expect(decode(frame(.close, [])).events == [.close(code: nil, reason: "")])
    #expect(decode(frame(.close, [0x03, 0xE8, 0xFF])).error == 1007)
  }

  @Test("a message over the limit is refused with 1009 as soon as it is announced")
  func tooBig() {
    let hundred = [UInt8](repeating: 1, count: 100)
    #expect(decode(frame(.binary, hundred), limit: 100).events == [.binary(hundred)])
    #expect(decode(Array(frame(.binary, hundred)[..<6]), limit: 99).error == 1009)
    let fragments = frame(.binary, hundred, final: false) + frame(.continuation, [1])
    #expect(decode(fragments, limit: 100).error == 1009)
    #expect(decode([0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], limit: 100).error == 1009)
  }

  @Test("a close reason is cut at a character")
  func closeReason() {
    let payload = WebSocketEncoder.closePayload(
      code: 1000, reason: String(repeating: "ä", count: 100))
    #expect(payload.count == 124)
    #expect(decode(frame(.close, payload)).error == nil)
  }

  @Test("mutated frames end the same however they are cut, and never trap")
  func fuzz() {
    let seed = UInt64.random(in: .min ... .max)
    print("WebSocket fuzz seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let end = ContinuousClock.now + .seconds(1)
    var rounds = 0
    while ContinuousClock.now < end {
      rounds += 1
      var bytes =
        frame(.text, "héllo", final: false) + frame(.ping, "x") + frame(.continuation, "wörld")
        + frame(.binary, [UInt8](repeating: 1, count: 130)) + frame(.close, [0x03, 0xE8])
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let first = Int.random(in: 0...bytes.count, using: &random)
      let second = Int.random(in: first...bytes.count, using: &random)
      let whole = decode(bytes, limit: 1000)
      let parts = decode([bytes[..<first], bytes[first..<second], bytes[second...]], limit: 1000)
      guard parts != whole else { continue }
      Issue.record("seed \(seed) round \(rounds): \(bytes)")
      return
    }
    #expect(rounds > 100)
  }
}
