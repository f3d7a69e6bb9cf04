/// The few forms of DER (X.690) that public keys and signatures need.
enum DER {
  /// 1.2.840.113549.1.1.1 (RFC 8017 A.1).
  static let rsaEncryption: [UInt8] = [
    0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01,
  ]
  /// 1.2.840.10045.2.1 (RFC 5480 2.1.1).
  static let ecPublicKey: [UInt8] = [0x06, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
  /// 1.2.840.10045.3.1.7 (RFC 5480 2.1.1.1).
  static let p256: [UInt8] = [0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
  /// 1.3.132.0.34 (RFC 5480 2.1.1.1).
  static let p384: [UInt8] = [0x06, 5, 0x2B, 0x81, 0x04, 0x00, 0x22]
  static let null: [UInt8] = [0x05, 0]

  static func sequence(_ content: [UInt8]) -> [UInt8] { tagged(0x30, content) }

  /// Whole bytes; no bit of the last one is unused.
  static func bitString(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }

  /// An unsigned big-endian number.
  static func integer(_ number: [UInt8]) -> [UInt8] {
    var digits = Array(number.drop { $0 == 0 })
    // A set first bit would mean a negative number.
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return tagged(0x02, digits)
  }

  private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = content.count
    repeat {
      length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    } while rest > 0
    if content.count >= 0x80 { length.insert(0x80 | UInt8(length.count), at: 0) }
    return [tag] + length + content
  }
}
