/// Base64 with padding (RFC 4648 4).
package enum Base64 {
  /// The text of `bytes`, padded with `=`.
  package static func encode(_ bytes: [UInt8]) -> String {
    Base64Alphabet.standard.encode(bytes, padded: true)
  }

  /// The bytes of `text`; nil unless it is canonical, padded base64.
  package static func decode(_ text: String) -> [UInt8]? {
    Base64Alphabet.standard.decode(text, padded: true)
  }
}

/// Base64 for URLs and file names, without padding (RFC 4648 5).
package enum Base64URL {
  /// The text of `bytes`, without padding.
  package static func encode(_ bytes: [UInt8]) -> String {
    Base64Alphabet.url.encode(bytes, padded: false)
  }

  /// The bytes of `text`; nil unless it is canonical base64url without padding.
  package static func decode(_ text: String) -> [UInt8]? {
    Base64Alphabet.url.decode(text, padded: false)
  }
}

/// The 64 digits of one form of base64, in both directions.
struct Base64Alphabet: Sendable {
  static let standard = Base64Alphabet(last: "+/")
  static let url = Base64Alphabet(last: "-_")

  private let digits: [UInt8]
  /// The value of each byte as a digit; 0xFF for a byte that is none.
  private let values: [UInt8]

  private init(last: String) {
    let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    digits = Array((common + last).utf8)
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    self.values = values
  }

  func encode(_ bytes: [UInt8], padded: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let taken = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if taken > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if taken > 2 { group |= UInt32(bytes[index + 2]) }
      for place in 0..<4 {
        if place <= taken {
          text.append(digits[Int(group >> UInt32(18 - 6 * place)) & 0x3F])
        } else if padded {
          text.append(UInt8(ascii: "="))
        }
      }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  func decode(_ text: String, padded: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3 + 2)
    var group: UInt32 = 0
    var digitCount = 0
    var padCount = 0
    for byte in text.utf8 {
      if padded, byte == UInt8(ascii: "=") {
        padCount += 1
        continue
      }
      let value = values[Int(byte)]
      guard value != 0xFF, padCount == 0 else { return nil }
      group = group << 6 | UInt32(value)
      digitCount += 1
      if digitCount % 4 == 0 {
        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
        bytes.append(UInt8(truncatingIfNeeded: group >> 8))
        bytes.append(UInt8(truncatingIfNeeded: group))
        group = 0
      }
    }
    let rest = digitCount % 4
    guard rest != 1, !padded || padCount == (4 - rest) % 4 else { return nil }
    // The bits after the last byte must be zero, or two texts would mean the same bytes.
    if rest == 2 {
      guard group & 0xF == 0 else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    } else if rest == 3 {
      guard group & 0x3 == 0 else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: group >> 10))
      bytes.append(UInt8(truncatingIfNeeded: group >> 2))
    }
    return bytes
  }
}
