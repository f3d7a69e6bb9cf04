import AspenCrypto
import Testing

@Suite("Digests and encodings")
struct DigestTests {
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

  @Test(
    "HMAC-SHA-256 gives the codes of RFC 4231",
    arguments: [
      (
        String(repeating: "0b", count: 20), "4869205468657265",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        String(repeating: "aa", count: 131),
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20486173"
          + "68204b6579204669727374",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func hmac(key: String, message: String, code: String) {
    #expect(hex(HMACSHA256.authenticate(unhex(message), key: unhex(key))) == code)
  }

  @Test("a derived key is the first block of HKDF-Expand in RFC 5869's first case")
  func derivedKey() {
    let key = unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    let derived = HMACSHA256.derivedKey(label: unhex("f0f1f2f3f4f5f6f7f8f9"), from: key)
    #expect(hex(derived) == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
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
    #expect(ConstantTime.equal([1, 2], [1, 2]))
    #expect(ConstantTime.equal([], []))
    #expect(!ConstantTime.equal([1, 2], [1, 3]))
    #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
  }
}
