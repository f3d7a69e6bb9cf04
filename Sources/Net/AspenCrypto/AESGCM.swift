import COpenSSL

/// AES-256-GCM (NIST SP 800-38D): what is sealed can be neither read nor changed without the key.
///
/// A nonce must never seal twice under one key. Random nonces are safe for 2³² seals of a key.
package enum AESGCM {
  /// Bytes of a key.
  package static let keyBytes = 32
  /// Bytes of a nonce.
  package static let nonceBytes = 12
  /// Bytes of the tag at the end of what is sealed.
  package static let tagBytes = 16
  /// The most bytes of a text: OpenSSL counts in 32 bits, and secrets are small.
  package static let maxBytes = 64 << 20

  /// The ciphertext of `plain` and its tag. `aad` is not part of the result, but must be the same to
  /// open it. Throws `.parameter` for a key or nonce of the wrong length.
  package static func seal(
    _ plain: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    try check(plain.count, key, nonce, aad)
    let context = try CipherContext()
    var sealed = [UInt8](repeating: 0, count: plain.count + tagBytes)
    var written: Int32 = 0
    var rest: Int32 = 0
    let isDone = sealed.withUnsafeMutableBufferPointer { output in
      EVP_EncryptInit_ex2(context.handle, EVP_aes_256_gcm(), key, nonce, nil) == 1
        && (aad.isEmpty
          || EVP_EncryptUpdate(context.handle, nil, &written, aad, Int32(aad.count)) == 1)
        && (plain.isEmpty
          || EVP_EncryptUpdate(
            context.handle, output.baseAddress, &written, plain, Int32(plain.count)) == 1)
        && EVP_EncryptFinal_ex(context.handle, output.baseAddress, &rest) == 1
        && EVP_CIPHER_CTX_ctrl(
          context.handle, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes),
          output.baseAddress.map { $0 + plain.count }) == 1
    }
    guard isDone else { throw .operation(OpenSSLError.take(or: "AES-256-GCM cannot seal")) }
    return sealed
  }

  /// What was sealed. Throws `.authentication` unless key, nonce and `aad` are those of the seal and
  /// no bit was changed; nothing unproved is ever returned.
  package static func open(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    try check(sealed.count, key, nonce, aad)
    guard sealed.count >= tagBytes else { throw .authentication }
    let count = sealed.count - tagBytes
    var tag = Array(sealed[count...])
    let context = try CipherContext()
    var plain = [UInt8](repeating: 0, count: count)
    var written: Int32 = 0
    let isReady =
      EVP_DecryptInit_ex2(context.handle, EVP_aes_256_gcm(), key, nonce, nil) == 1
      && EVP_CIPHER_CTX_ctrl(context.handle, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), &tag) == 1
      && (aad.isEmpty
        || EVP_DecryptUpdate(context.handle, nil, &written, aad, Int32(aad.count)) == 1)
      && (count == 0
        || EVP_DecryptUpdate(context.handle, &plain, &written, sealed, Int32(count)) == 1)
    guard isReady else { throw .operation(OpenSSLError.take(or: "AES-256-GCM cannot open")) }
    // The final call compares the tag and writes nothing.
    var nothing: UInt8 = 0
    guard EVP_DecryptFinal_ex(context.handle, &nothing, &written) == 1 else {
      ERR_clear_error()
      plain.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
      throw .authentication
    }
    return plain
  }

  private static func check(
    _ count: Int, _ key: [UInt8], _ nonce: [UInt8], _ aad: [UInt8]
  ) throws(CryptoError) {
    guard key.count == keyBytes else { throw .parameter("a key of AES-256 has \(keyBytes) bytes") }
    guard nonce.count == nonceBytes else {
      throw .parameter("a nonce of AES-GCM has \(nonceBytes) bytes")
    }
    guard count <= maxBytes, aad.count <= maxBytes else {
      throw .parameter("a text of more than \(maxBytes) bytes cannot be sealed")
    }
  }
}

/// OpenSSL's state of one encryption. Freeing it wipes the key.
private struct CipherContext: ~Copyable {
  let handle: OpaquePointer

  init() throws(CryptoError) {
    guard let handle = EVP_CIPHER_CTX_new() else {
      throw .operation(OpenSSLError.take(or: "no memory"))
    }
    self.handle = handle
  }

  deinit { EVP_CIPHER_CTX_free(handle) }
}
