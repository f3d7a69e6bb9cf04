import Testing

@testable import AspenWebSocket

@Suite("UTF-8 validation")
struct UTF8ValidatorTests {
  /// The number of bytes accepted before the first bad one, and whether the text is whole.
  private func check(_ bytes: [UInt8]) -> (accepted: Int, isComplete: Bool) {
    var validator = UTF8Validator()
    for (index, byte) in bytes.enumerated() {
      let isGood = withUnsafeBytes(of: byte) { validator.accept($0) }
      guard isGood else { return (index, false) }
    }
    return (bytes.count, validator.isComplete)
  }

  @Test("characters of all lengths are accepted, and their prefixes are incomplete")
  func characters() {
    let edges: [UInt32] = [
      0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FFFF,
    ]
    for value in edges + Array(0...0x8FF) + stride(from: 0x900, through: 0x10FFFF, by: 61) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(scalar).utf8)
      let result = check(bytes)
      guard result.accepted == bytes.count, result.isComplete else {
        Issue.record("U+\(String(value, radix: 16)) was refused")
        return
      }
      if bytes.count > 1, check(Array(bytes.dropLast())).isComplete {
        Issue.record("a part of U+\(String(value, radix: 16)) was taken as whole")
        return
      }
    }
  }

  @Test("every sequence of up to three bytes is judged as the standard library judges it")
  func sequences() {
    for first in UInt8(0x7F)...0xFF {
      for second in stride(from: UInt8(0x70), through: 0xFF, by: 1) {
        for third in [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] as [UInt8] {
          let bytes = [first, second, third]
          let result = check(bytes)
          let isValid = String(validating: bytes, as: UTF8.self) != nil
          guard (result.accepted == 3 && result.isComplete) == isValid else {
            Issue.record("\(bytes)")
            return
          }
        }
      }
    }
  }

  @Test(
    "a text fails at the first impossible byte",
    arguments: [
      ([0xCE, 0xBA, 0xED, 0xA0, 0x80], 3),  // a surrogate
      ([0xC0, 0xAF], 0), ([0xE0, 0x80, 0xAF], 1), ([0xF0, 0x80, 0x80], 1),  // overlong
      ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5], 0), ([0xFF], 0), ([0x80], 0),
    ] as [([UInt8], Int)])
  func failFast(bytes: [UInt8], accepted: Int) {
    #expect(check(bytes).accepted == accepted)
  }

  @Test("a text is checked across fragments and before a frame is whole")
  func acrossFragments() {
    let bad: [UInt8] = [0xCE, 0xBA, 0xF4, 0x90, 0x80, 0x80]
    // The frame announces 6 bytes; the fourth is impossible, the last two are not sent.
    let partial = Array(frame(.text, bad).dropLast(2))
    #expect(decode(partial).error == 1007)
    #expect(decode(Array(partial.dropLast())).error == nil)
    let cut = Array("ä".utf8)
    #expect(
      decode(frame(.text, [cut[0]], final: false) + frame(.continuation, [cut[1]])).events
        == [.text("ä")])
    #expect(decode(frame(.text, [cut[0]])).error == 1007)
    #expect(decode(frame(.text, [cut[0]], final: false) + frame(.continuation, [])).error == 1007)
    #expect(decode(frame(.binary, [0xFF])).error == nil)
  }
}
