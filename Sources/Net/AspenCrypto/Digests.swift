import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
  /// The 32 bytes of the digest.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
      _ = COpenSSL.SHA256(bytes, bytes.count, digest.baseAddress)
      count = 32
    }
  }
}

/// SHA-1, for the WebSocket handshake only (RFC 6455 4.2.2); it protects nothing.
package enum SHA1 {
  /// The 20 bytes of the digest.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { digest, count in
      _ = COpenSSL.SHA1(bytes, bytes.count, digest.baseAddress)
      count = 20
    }
  }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
  /// The 32 bytes of the code of `message` under `key`.
  package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { code, count in
      var length: UInt32 = 0
      let made = HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, code.baseAddress, &length)
      precondition(made != nil && length == 32, "OpenSSL has no HMAC-SHA-256")
      count = 32
    }
  }
  /// A key of 32 bytes for one purpose, made from a uniformly random `key`: HKDF-Expand (RFC 5869 2.3)
  /// with `label` as its info.
  package static func derivedKey(label: [UInt8], from key: [UInt8]) -> [UInt8] {
    authenticate(label + [1], key: key)
  }
}
