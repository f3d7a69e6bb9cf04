import COpenSSL

/// scrypt (RFC 7914): a slow, memory-hungry digest for passwords, so that stolen digests are costly to
/// guess. It takes about 128·n·r bytes and blocks for a good part of a second: never on an event loop.
package enum Scrypt {
  /// The most memory of one derivation; greater costs are refused.
  package static let maxMemoryBytes = 256 << 20

  /// `length` bytes from a password. `n` is a power of two greater than 1. Throws `.parameter` for
  /// costs that RFC 7914 or `maxMemoryBytes` forbid, `.operation` without memory.
  package static func derive(
    password: [UInt8], salt: [UInt8], n: Int, r: Int, p: Int, length: Int
  ) throws(CryptoError) -> [UInt8] {
    guard n > 1, n & (n - 1) == 0 else { throw .parameter("scrypt's n must be a power of two") }
    guard (1...1024).contains(r), (1...1024).contains(p), (1...1024).contains(length) else {
      throw .parameter("scrypt's r, p and length must be between 1 and 1024")
    }
    // What OpenSSL counts: B of 128·r·p bytes, V of 128·r·n, and T of 256·r.
    guard n <= maxMemoryBytes / (128 * r), 128 * r * (n + p + 2) <= maxMemoryBytes else {
      throw .parameter("scrypt's costs take more than \(maxMemoryBytes) bytes of memory")
    }
    var derived = [UInt8](repeating: 0, count: length)
    let isDone = EVP_PBE_scrypt(
      password.map(CChar.init(bitPattern:)), password.count, salt, salt.count, UInt64(n), UInt64(r),
      UInt64(p), UInt64(maxMemoryBytes), &derived, length)
    guard isDone == 1 else { throw .operation(OpenSSLError.take(or: "scrypt failed")) }
    return derived
  }
}
