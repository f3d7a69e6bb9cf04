/// A line that somebody types without seeing it, byte by byte as a terminal in raw mode gives it.
struct SecretLine: Sendable {
  /// What a byte led to.
  enum Action: Sendable, Hashable {
    case more
    case done
    /// Interrupted, ended before anything was typed, or too long.
    case cancelled
  }

  private(set) var bytes: [UInt8] = []

  /// Longer ones are cancelled, never cut: a cut password would be a wrong one.
  static let maxBytes = 1024

  /// Takes the next byte.
  mutating func received(_ byte: UInt8) -> Action {
    switch byte {
    case 0x0A, 0x0D: return .done
    case 0x03: return .cancelled
    case 0x04: return bytes.isEmpty ? .cancelled : .done
    case 0x08, 0x7F:
      removeLast()
      return .more
    case 0x15:
      bytes = []
      return .more
    default:
      bytes.append(byte)
      return bytes.count > Self.maxBytes ? .cancelled : .more
    }
  }

  /// Removes one character, which may be several bytes of UTF-8.
  private mutating func removeLast() {
    while let byte = bytes.popLast(), byte & 0xC0 == 0x80 {}
  }
}
