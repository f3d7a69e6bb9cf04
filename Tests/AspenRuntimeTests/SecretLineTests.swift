import Testing

@testable import AspenRuntime

@Suite("A line typed without being seen")
struct SecretLineTests {
  /// What is left after typing `bytes`, and what the last of them led to.
  private func type(_ bytes: [UInt8]) -> (text: String?, action: SecretLine.Action) {
    var line = SecretLine()
    var action = SecretLine.Action.more
    for byte in bytes { action = line.received(byte) }
    return (String(validating: line.bytes, as: UTF8.self), action)
  }

  @Test("the line ends with return, and the keys that edit it do so")
  func editing() {
    #expect(type(Array("pass\r".utf8)) == ("pass", .done))
    #expect(type(Array("pasx\u{7F}s\n".utf8)) == ("pass", .done))
    #expect(type(Array("wrong\u{15}right\r".utf8)) == ("right", .done))
    #expect(type(Array("aü\u{08}b\r".utf8)) == ("ab", .done))
    #expect(type(Array("\u{7F}\u{7F}a\r".utf8)) == ("a", .done))
    #expect(type(Array("a\u{04}".utf8)) == ("a", .done))
  }

  @Test("an interrupt, an end before anything and too long a line cancel it")
  func cancelled() {
    #expect(type([0x61, 0x03]).action == .cancelled)
    #expect(type([0x04]).action == .cancelled)
    #expect(type([UInt8](repeating: 0x61, count: SecretLine.maxBytes)).action == .more)
    #expect(type([UInt8](repeating: 0x61, count: SecretLine.maxBytes + 1)).action == .cancelled)
  }
}
