import COpenSSL

/// Bytes that nobody can predict, from OpenSSL's generator.
package enum RandomBytes {
  /// `count` random bytes.
  package static func generate(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      // A process without randomness must not go on: it would hand out guessable tokens.
      precondition(
        count == 0 || RAND_bytes(bytes.baseAddress, Int32(count)) == 1,
        "OpenSSL has no random bytes")
      filled = count
    }
  }
}

/// Comparisons of secrets.
package enum ConstantTime {
  /// Whether two secrets are equal, in a time that depends on their lengths only.
  package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }
}
