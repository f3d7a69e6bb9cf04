import AspenCrypto
import Testing

@Suite("Digests and encodings")
struct DigestTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test("SHA-256 gives the digest of FIPS 180-4's example")
  func sha256() {
    #expect(
      hex(SHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(SHA256.hash([]))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("SHA-1 makes the accept key of RFC 6455's example")
  func sha1() {
    let key = "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    #expect(Base64.encode(SHA1.hash(Array(key.utf8))) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test("HMAC-SHA-256 gives the code of RFC 4231's second case")
  func hmac() {
    let code = HMACSHA256.authenticate(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test(
    "base64 gives RFC 4648's examples in both directions",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(text: String, encoded: String) {
    let bytes = Array(text.utf8)
    #expect(Base64.encode(bytes) == encoded)
    #expect(Base64.decode(encoded) == bytes)
    let bare = String(encoded.filter { $0 != "=" })
    #expect(Base64URL.encode(bytes) == bare)
    #expect(Base64URL.decode(bare) == bytes)
  }

  @Test("base64url has no characters that a URL escapes")
  func base64URL() {
    #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
  }

  @Test(
    "text that is not canonical base64 is refused",
    arguments: [
      "Zg", "Zg=", "Zg===", "Z", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "=Zg=", "Zm8=Zm8=", "Zm9-",
    ])
  func notBase64(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("random bytes differ from one call to the next")
  func randomBytes() {
    #expect(RandomBytes.generate(32).count == 32)
    #expect(RandomBytes.generate(32) != RandomBytes.generate(32))
    #expect(RandomBytes.generate(0).isEmpty)
  }

  @Test("secrets are equal only with the same bytes and length")
  func constantTime() {
    #expect(constantTimeEquals([1, 2], [1, 2]))
    #expect(constantTimeEquals([], []))
    #expect(!constantTimeEquals([1, 2], [1, 3]))
    #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
  }
}
