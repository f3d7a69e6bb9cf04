import AspenCrypto

/// Makes request ids of random bytes in the form of a version 4 UUID.
struct HTTPRequestIDs {
  /// Random bytes are drawn for this many ids at once: one call costs as much as many bytes.
  private static let batch = 64
  private static let hex = Array("0123456789abcdef".utf8)

  private var random: [UInt8] = []
  private var position = 0

  mutating func next() -> String {
    if position == random.count {
      random = RandomBytes.generate(16 * Self.batch)
      position = 0
    }
    defer { position += 16 }
    return String(unsafeUninitializedCapacity: 36) { text in
      var out = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[out] = UInt8(ascii: "-")
          out += 1
        }
        var byte = random[position + index]
        if index == 6 { byte = byte & 0x0F | 0x40 }
        if index == 8 { byte = byte & 0x3F | 0x80 }
        text[out] = Self.hex[Int(byte >> 4)]
        text[out + 1] = Self.hex[Int(byte & 15)]
        out += 2
      }
      return out
    }
  }
}
