import COpenSSL

/// The signature algorithms of signed tokens (RFC 7518 3.1) that ASPEN accepts: only those with a
/// public key, and never `none`.
package enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case es256 = "ES256"
  case es384 = "ES384"

  fileprivate var digest: OpaquePointer? {
    switch self {
    case .rs256, .ps256, .es256: EVP_sha256()
    case .rs384, .es384: EVP_sha384()
    case .rs512: EVP_sha512()
    }
  }
}

/// The elliptic curves of public keys, by their names in JSON Web Keys (RFC 7518 6.2.1.1).
package enum SignatureCurve: String, Sendable, Hashable, CaseIterable {
  case p256 = "P-256"
  case p384 = "P-384"

  /// Bytes of a coordinate, and of each half of a signature.
  package var fieldBytes: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    }
  }

  fileprivate var identifier: [UInt8] {
    switch self {
    case .p256: DER.p256
    case .p384: DER.p384
    }
  }
}

/// A public key that checks signatures.
///
/// `@unchecked Sendable`: the EVP_PKEY is not changed after init, and OpenSSL counts its references
/// atomically, so several threads may check with it.
package final class SignatureVerifier: @unchecked Sendable {
  private enum Kind: Hashable {
    case rsa(modulusBytes: Int)
    case curve(SignatureCurve)
  }

  private let handle: OpaquePointer
  private let kind: Kind

  /// An RSA key of 2,048 to 8,192 bits (RFC 7518 3.3; larger ones only cost time) from its big-endian
  /// numbers. Throws `.parameter` for others.
  package init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
    let modulus = Array(modulus.drop { $0 == 0 })
    let exponent = Array(exponent.drop { $0 == 0 })
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard (2048...8192).contains(bits), let last = modulus.last, last & 1 == 1 else {
      throw .parameter("an RSA modulus must be odd and have 2048 to 8192 bits")
    }
    // A large exponent makes checks slow and is used by nobody.
    guard exponent.count <= 4, let low = exponent.last, low & 1 == 1, exponent != [1] else {
      throw .parameter("an RSA exponent must be odd, greater than 1 and at most 32 bits long")
    }
    handle = try Self.readKey(
      DER.rsaEncryption + DER.null,
      DER.sequence(DER.integer(modulus) + DER.integer(exponent)))
    kind = .rsa(modulusBytes: modulus.count)
  }

  /// A key on a curve from its point's big-endian coordinates, each as long as the field. Throws
  /// `.parameter` for a point that is not on the curve.
  package init(curve: SignatureCurve, x: [UInt8], y: [UInt8]) throws(CryptoError) {
    guard x.count == curve.fieldBytes, y.count == curve.fieldBytes else {
      throw .parameter("a coordinate of \(curve.rawValue) has \(curve.fieldBytes) bytes")
    }
    handle = try Self.readKey(DER.ecPublicKey + curve.identifier, [4] + x + y)
    kind = .curve(curve)
  }

  deinit { EVP_PKEY_free(handle) }

  /// Whether a key of this kind can check signatures of `algorithm`.
  package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
    switch (algorithm, kind) {
    case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa): true
    case (.es256, .curve(.p256)), (.es384, .curve(.p384)): true
    default: false
    }
  }

  /// Whether `signature`, in the form of RFC 7518 3.3 to 3.5, is this key's over `message`.
  package func accepts(
    _ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm
  ) -> Bool {
    guard fits(algorithm) else { return false }
    var encoded = signature
    switch kind {
    case .rsa(let modulusBytes): if signature.count != modulusBytes { return false }
    case .curve(let curve):
      if signature.count != 2 * curve.fieldBytes { return false }
      encoded = Self.sequence(of: signature)
    }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    var parameters: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &parameters, algorithm.digest, nil, handle) == 1 else {
      return false
    }
    if algorithm == .ps256 {
      // The salt is as long as the digest (RFC 7518 3.5), and MGF1 takes the same digest by default.
      guard EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return false }
    }
    return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
  }

  /// The two numbers of a raw signature as OpenSSL wants them.
  private static func sequence(of signature: [UInt8]) -> [UInt8] {
    let half = signature.count / 2
    return DER.sequence(
      DER.integer(Array(signature[..<half])) + DER.integer(Array(signature[half...])))
  }

  /// A key from its SubjectPublicKeyInfo (RFC 5280 4.1.2.7), the one form that OpenSSL reads for all
  /// kinds, and where it checks that a point is on its curve.
  private static func readKey(_ algorithm: [UInt8], _ key: [UInt8]) throws(CryptoError)
    -> OpaquePointer
  {
    let encoded = DER.sequence(DER.sequence(algorithm) + DER.bitString(key))
    ERR_clear_error()
    let handle = encoded.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
    guard let handle else { throw .parameter("not a public key: \(OpenSSLError.take(or: "?"))") }
    return handle
  }
}
