import AspenCrypto
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
  /// A case of the algorithm's submission to NIST ("The Galois/Counter Mode of Operation", appendix B).
  struct KnownAnswer: Sendable, CustomTestStringConvertible {
    let number: Int
    let key, nonce, plain, aad, sealed: String

    var testDescription: String { "test case \(number)" }
  }

  private static let zeroKey = String(repeating: "00", count: 32)
  private static let zeroNonce = String(repeating: "00", count: 12)
  private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  private static let long = """
    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
    """
  private static let longSealed = """
    522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
    8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
    """

  static let answers = [
    KnownAnswer(
      number: 13, key: zeroKey, nonce: zeroNonce, plain: "", aad: "",
      sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
    KnownAnswer(
      number: 14, key: zeroKey, nonce: zeroNonce, plain: String(repeating: "00", count: 16),
      aad: "", sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    KnownAnswer(
      number: 16, key: key, nonce: "cafebabefacedbaddecaf888", plain: long,
      aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      sealed: longSealed + "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  @Test("known texts are sealed as NIST's cases say, and open again", arguments: answers)
  func knownAnswer(_ answer: KnownAnswer) throws {
    let (key, nonce, aad) = (unhex(answer.key), unhex(answer.nonce), unhex(answer.aad))
    let sealed = try AESGCM.seal(unhex(answer.plain), key: key, nonce: nonce, aad: aad)
    #expect(hex(sealed) == hex(unhex(answer.sealed)))
    #expect(try AESGCM.open(sealed, key: key, nonce: nonce, aad: aad) == unhex(answer.plain))
  }

  @Test("a change of any bit of what is sealed is noticed")
  func changed() throws {
    let (key, nonce) = (RandomBytes.generate(32), RandomBytes.generate(12))
    let sealed = try AESGCM.seal(Array("secret".utf8), key: key, nonce: nonce, aad: [1])
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CryptoError.authentication) {
        try AESGCM.open(changed, key: key, nonce: nonce, aad: [1])
      }
    }
  }

  @Test("another key, nonce or additional text does not open")
  func other() throws {
    let (key, nonce) = (RandomBytes.generate(32), RandomBytes.generate(12))
    let sealed = try AESGCM.seal([1, 2, 3], key: key, nonce: nonce, aad: [1])
    #expect(throws: CryptoError.authentication) {
      try AESGCM.open(sealed, key: key, nonce: nonce, aad: [2])
    }
    #expect(throws: CryptoError.authentication) {
      try AESGCM.open(sealed, key: key, nonce: nonce, aad: [])
    }
    #expect(throws: CryptoError.authentication) {
      try AESGCM.open(sealed, key: RandomBytes.generate(32), nonce: nonce, aad: [1])
    }
    #expect(throws: CryptoError.authentication) {
      try AESGCM.open(sealed, key: key, nonce: RandomBytes.generate(12), aad: [1])
    }
  }

  @Test("what was cut short does not open, down to nothing")
  func truncated() throws {
    let (key, nonce) = (RandomBytes.generate(32), RandomBytes.generate(12))
    let sealed = try AESGCM.seal(Array("secret".utf8), key: key, nonce: nonce, aad: [])
    for count in 0..<sealed.count {
      #expect(throws: CryptoError.authentication) {
        try AESGCM.open(Array(sealed[..<count]), key: key, nonce: nonce, aad: [])
      }
    }
  }

  @Test("keys and nonces of other lengths are refused")
  func lengths() {
    func refuses(keyBytes: Int, nonceBytes: Int) {
      let (key, nonce) = (RandomBytes.generate(keyBytes), RandomBytes.generate(nonceBytes))
      let sealed = [UInt8](repeating: 0, count: 20)
      #expect(throws: CryptoError.self) { try AESGCM.seal([], key: key, nonce: nonce, aad: []) }
      #expect(throws: CryptoError.self) { try AESGCM.open(sealed, key: key, nonce: nonce, aad: []) }
    }
    for count in [0, 16, 31, 33] { refuses(keyBytes: count, nonceBytes: 12) }
    for count in [0, 8, 16] { refuses(keyBytes: 32, nonceBytes: count) }
  }
}
