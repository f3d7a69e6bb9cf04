/// Checks UTF-8 that arrives in pieces (RFC 3629), failing at the first byte that cannot be part of
/// it.
///
/// The state is what the next byte must be:
///
/// | last byte | next byte in | bytes to go |
/// |---|---|---|
/// | – | 00…7F, C2…DF, E0…EF, F0…F4 | 0 |
/// | C2…DF | 80…BF | 1 |
/// | E0 / ED / other E | A0…BF / 80…9F / 80…BF | 2 |
/// | F0 / F4 / other F | 90…BF / 80…8F / 80…BF | 3 |
struct UTF8Validator: Sendable {
  private var remaining: UInt8 = 0
  private var low: UInt8 = 0x80
  private var high: UInt8 = 0xBF

  /// Whether the bytes so far end with a whole character.
  var isComplete: Bool { remaining == 0 }

  /// False as soon as the bytes cannot become UTF-8.
  mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    let end = bytes.count
    while index < end {
      if remaining == 0 {
        // Eight bytes of ASCII at a time: JSON is nearly all ASCII.
        while index &+ 8 <= end,
          bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          index &+= 8
        }
        guard index < end else { return true }
        guard begin(bytes[index]) else { return false }
      } else {
        let byte = bytes[index]
        guard byte >= low, byte <= high else { return false }
        (low, high) = (0x80, 0xBF)
        remaining &-= 1
      }
      index &+= 1
    }
    return true
  }

  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: remaining = 1
    case 0xE0...0xEF:
      remaining = 2
      if byte == 0xE0 { low = 0xA0 }
      if byte == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      remaining = 3
      if byte == 0xF0 { low = 0x90 }
      if byte == 0xF4 { high = 0x8F }
    default: return false
    }
    return true
  }
}
