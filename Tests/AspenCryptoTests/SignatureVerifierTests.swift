import AspenCrypto
import AspenTestSupport
import Testing

@Suite("Signatures")
struct SignatureVerifierTests {
  /// The key of RFC 7515 A.2.
  private static let modulus = """
    ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4\
    d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re\
    xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX\
    FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ
    """
  private static let rs256Signature = """
    cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5\
    jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb\
    1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO\
    YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
    """
  private static let payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  /// The key of RFC 7515 A.3.
  private static let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
  private static let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"

  private func bytes(_ text: String) throws -> [UInt8] { try #require(Base64URL.decode(text)) }

  private func rsa() throws -> SignatureVerifier {
    try SignatureVerifier(modulus: bytes(Self.modulus), exponent: bytes("AQAB"))
  }

  private func curve() throws -> SignatureVerifier {
    try SignatureVerifier(curve: .p256, x: bytes(Self.x), y: bytes(Self.y))
  }

  @Test("RS256 accepts the example of RFC 7515 A.2 and nothing else")
  func rs256() throws {
    let key = try rsa()
    let message = Array("eyJhbGciOiJSUzI1NiJ9.\(Self.payload)".utf8)
    let signature = try bytes(Self.rs256Signature)
    #expect(key.accepts(signature, of: message, by: .rs256))
    #expect(!key.accepts(signature, of: message + [0], by: .rs256))
    #expect(!key.accepts(signature, of: message, by: .rs384))
    #expect(!key.accepts(signature, of: message, by: .ps256))
    #expect(!key.accepts(signature, of: message, by: .es256))
    #expect(!key.accepts([0] + signature, of: message, by: .rs256))
    #expect(!key.accepts(Array(signature.dropLast()), of: message, by: .rs256))
    #expect(!key.accepts([], of: message, by: .rs256))
  }

  @Test("ES256 accepts the example of RFC 7515 A.3 and nothing else")
  func es256() throws {
    let key = try curve()
    let message = Array("eyJhbGciOiJFUzI1NiJ9.\(Self.payload)".utf8)
    let signature = try bytes(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
    #expect(key.accepts(signature, of: message, by: .es256))
    #expect(!key.accepts(signature, of: message + [0], by: .es256))
    #expect(!key.accepts(signature, of: message, by: .es384))
    #expect(!key.accepts(signature, of: message, by: .rs256))
    #expect(!key.accepts(Array(signature.dropLast()), of: message, by: .es256))
    #expect(!key.accepts([UInt8](repeating: 0, count: 64), of: message, by: .es256))
    #expect(!key.accepts([UInt8](repeating: 0xFF, count: 64), of: message, by: .es256))
  }

  @Test("a point beside the curve is no key")
  func beside() throws {
    var y = try bytes(Self.y)
    y[31] ^= 1
    #expect(throws: CryptoError.self) {
      try SignatureVerifier(curve: .p256, x: bytes(Self.x), y: y)
    }
    #expect(throws: CryptoError.self) {
      try SignatureVerifier(curve: .p384, x: bytes(Self.x), y: bytes(Self.y))
    }
    #expect(throws: CryptoError.self) { try SignatureVerifier(curve: .p256, x: [], y: []) }
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(throws: CryptoError.self) { try SignatureVerifier(curve: .p256, x: zeros, y: zeros) }
  }

  @Test("RSA keys that are short, even or have a strange exponent are refused")
  func weakRSA() throws {
    let modulus = try bytes(Self.modulus)
    func refuses(_ modulus: [UInt8], _ exponent: [UInt8]) {
      #expect(throws: CryptoError.self) {
        try SignatureVerifier(modulus: modulus, exponent: exponent)
      }
    }
    refuses(Array(modulus.dropFirst()), [1, 0, 1])
    refuses(Array(modulus.dropLast()) + [2], [1, 0, 1])
    refuses([UInt8](repeating: 0xFF, count: 1025), [1, 0, 1])
    refuses([], [1, 0, 1])
    for exponent: [UInt8] in [[], [0], [1], [2], [1, 0, 0, 0, 1]] { refuses(modulus, exponent) }
  }

  @Test("every algorithm accepts what another implementation signed")
  func others() async throws {
    let lines = try await Command.run("/usr/bin/python3", ["-c", Self.signingScript])
      .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    var checked: Set<SignatureAlgorithm> = []
    for line in lines {
      let algorithm = try #require(SignatureAlgorithm(rawValue: line[0]))
      let (first, second) = (try bytes(line[1]), try bytes(line[2]))
      let key =
        switch algorithm {
        case .es256: try SignatureVerifier(curve: .p256, x: first, y: second)
        case .es384: try SignatureVerifier(curve: .p384, x: first, y: second)
        default: try SignatureVerifier(modulus: first, exponent: second)
        }
      var signature = try bytes(line[3])
      let message = Array("a message".utf8)
      #expect(key.accepts(signature, of: message, by: algorithm))
      for other in SignatureAlgorithm.allCases where other != algorithm {
        #expect(!key.accepts(signature, of: message, by: other))
      }
      signature[signature.count / 2] ^= 0x10
      #expect(!key.accepts(signature, of: message, by: algorithm))
      checked.insert(algorithm)
    }
    #expect(checked == Set(SignatureAlgorithm.allCases))
  }

  /// Prints algorithm, first and second number of the key, and signature. Several signatures on curves,
  /// since the form of their numbers depends on their first bits.
  private static let signingScript = """
    import base64
    from jwt.algorithms import get_default_algorithms
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    def text(number, size):
        return base64.urlsafe_b64encode(number.to_bytes(size, "big")).decode().rstrip("=")
    algorithms = get_default_algorithms()
    message = b"a message"
    def show(name, key, first, second, size, second_size):
        signature = algorithms[name].sign(message, key)
        print(name, text(first, size), text(second, second_size),
              text(int.from_bytes(signature, "big"), len(signature)))
    key = rsa.generate_private_key(65537, 2048)
    for name in ["RS256", "RS384", "RS512", "PS256"]:
        numbers = key.public_key().public_numbers()
        show(name, key, numbers.n, numbers.e, 256, 3)
    for name, curve, size in [("ES256", ec.SECP256R1(), 32), ("ES384", ec.SECP384R1(), 48)]:
        for _ in range(20):
            key = ec.generate_private_key(curve)
            numbers = key.public_key().public_numbers()
            show(name, key, numbers.x, numbers.y, size, size)
    """
}
