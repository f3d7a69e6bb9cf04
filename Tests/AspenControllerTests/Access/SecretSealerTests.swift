import AspenModel
import Testing

@testable import AspenController

@Suite("Sealed secrets")
struct SecretSealerTests {
  private let old = SealingKey.make()
  private let new = SealingKey.make()

  @Test("a secret opens where it was sealed, and nowhere else")
  func context() throws {
    let sealer = SecretSealer(keys: [old])
    let sealed = try sealer.seal(Secret("pass wörd"), context: "camera/7")
    #expect(sealed.keyID == old.id)
    #expect(try sealer.open(sealed, context: "camera/7").revealed == "pass wörd")
    let error = #expect(throws: SecretSealerError.self) {
      try sealer.open(sealed, context: "camera/8")
    }
    #expect(error == .damaged(keyID: old.id, context: "camera/8"))
  }

  @Test("the same secret is sealed differently each time, 28 bytes longer than it is")
  func fresh() throws {
    let sealer = SecretSealer(keys: [old])
    let first = try sealer.seal(Secret("abc"), context: "x")
    let second = try sealer.seal(Secret("abc"), context: "x")
    #expect(first.bytes.count == 3 + 28)
    #expect(first.bytes != second.bytes)
    #expect(first.bytes.prefix(12) != second.bytes.prefix(12))
  }

  @Test("after a rotation the new key seals, and what the old one sealed still opens")
  func rotation() throws {
    let before = try SecretSealer(keys: [old]).seal(Secret("abc"), context: "x")
    let sealer = SecretSealer(keys: [new, old])
    #expect(sealer.currentKeyID == new.id)
    #expect(try sealer.seal(Secret("abc"), context: "x").keyID == new.id)
    #expect(try sealer.open(before, context: "x").revealed == "abc")
  }

  @Test("a key that is gone is named with what it sealed")
  func unknownKey() throws {
    let sealed = try SecretSealer(keys: [old]).seal(Secret("abc"), context: "camera/7")
    let sealer = SecretSealer(keys: [new])
    #expect(!sealer.knows(keyID: old.id))
    let error = #expect(throws: SecretSealerError.self) {
      try sealer.open(sealed, context: "camera/7")
    }
    #expect(
      error?.description
        == "the secret of camera/7 is sealed with the key '\(old.id)', which is not in the key file"
    )
  }

  @Test("changed or shortened bytes do not open")
  func damaged() throws {
    let sealer = SecretSealer(keys: [old])
    let sealed = try sealer.seal(Secret("abc"), context: "x")
    for index in sealed.bytes.indices {
      var bytes = sealed.bytes
      bytes[index] ^= 1
      #expect(throws: SecretSealerError.damaged(keyID: old.id, context: "x")) {
        try sealer.open(SealedSecret(keyID: old.id, bytes: bytes), context: "x")
      }
      #expect(throws: SecretSealerError.damaged(keyID: old.id, context: "x")) {
        try sealer.open(
          SealedSecret(keyID: old.id, bytes: Array(sealed.bytes[..<index])), context: "x")
      }
    }
  }

  @Test("bytes that are no text are sealed too, but open as bytes only")
  func bytes() throws {
    let sealer = SecretSealer(keys: [old])
    let sealed = try sealer.seal([0xFF, 0, 0xFE], context: "x")
    #expect(try sealer.openBytes(sealed, context: "x") == [0xFF, 0, 0xFE])
    #expect(throws: SecretSealerError.self) { try sealer.open(sealed, context: "x") }
  }

  @Test("a sealer prints the id of its key only")
  func printing() {
    let sealer = SecretSealer(keys: [old])
    var text = ""
    dump(sealer, to: &text)
    dump(sealer.viewLinkSigner, to: &text)
    #expect("\(sealer)" == "SecretSealer(\(old.id))")
    text += "\(sealer.viewLinkSigner)"
    // No list of bytes, however it would be shown.
    #expect(!text.contains("[") && !text.contains("elements"))
  }
}
