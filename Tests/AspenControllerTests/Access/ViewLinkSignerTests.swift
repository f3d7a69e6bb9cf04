import AspenCrypto
import AspenModel
import Testing

@testable import AspenController

@Suite("View links")
struct ViewLinkSignerTests {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  private static let end = Timestamp(microseconds: 1_800_000_060_000_000)

  private let signer = ViewLinkSigner(keys: [RandomBytes.generate(32)])

  private func link(
    stream: Int64 = 7, issuer: Actor = Actor(kind: .user, name: "ann")
  ) -> ViewLink {
    ViewLink(streamID: stream, expiresAt: Self.end, issuer: issuer, id: ViewLink.makeID())
  }

  @Test("a link says for which stream it is, until when, and who made it")
  func roundTrip() throws {
    for stream in [Int64.min, -1, 0, 7, Int64.max] {
      let link = link(stream: stream)
      #expect(try signer.verify(signer.sign(link).revealed, now: Self.now) == link)
    }
  }

  @Test("issuers of all kinds are kept, colons and all")
  func issuers() throws {
    for kind in ActorKind.allCases {
      let link = link(issuer: Actor(kind: kind, name: "https://id.example/ä:b"))
      #expect(try signer.verify(signer.sign(link).revealed, now: Self.now) == link)
    }
  }

  @Test("a link needs no escapes in a URL and is not longer than 512 bytes")
  func form() throws {
    let longest = Actor(kind: .oidc, name: String(repeating: "x", count: 295))
    let text = try signer.sign(link(issuer: longest)).revealed
    #expect(text.hasPrefix("aspen_view_"))
    #expect(text.utf8.count <= 512)
    #expect(
      text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      })
    #expect(throws: ViewLinkError.issuerTooLong(300)) {
      try signer.sign(link(issuer: Actor(kind: .oidc, name: String(repeating: "x", count: 296))))
    }
  }

  @Test("a link ends at its second")
  func expiry() throws {
    let text = try signer.sign(link()).revealed
    let before = Timestamp(microseconds: Self.end.microseconds - 1)
    #expect(throws: Never.self) { try signer.verify(text, now: before) }
    #expect(throws: ViewLinkError.expired(at: Self.end)) { try signer.verify(text, now: Self.end) }
  }

  @Test("a change of any character is noticed")
  func changed() throws {
    let text = Array(try signer.sign(link()).revealed.utf8)
    for index in text.indices {
      var changed = text
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(throws: ViewLinkError.invalid) {
        try signer.verify(String(decoding: changed, as: UTF8.self), now: Self.now)
      }
    }
  }

  @Test(
    "what is no link is refused",
    arguments: [
      "", "aspen_view_", "aspen_view_.", "aspen_view_AAAA", "aspen_view_AAAA.AAAA",
      "aspen_op_AAAA.AAAA", "aspen_view_" + String(repeating: "A", count: 600),
    ])
  func malformed(text: String) {
    #expect(throws: ViewLinkError.invalid) { try signer.verify(text, now: Self.now) }
  }

  @Test("a signed text that holds no link is refused")
  func signedNonsense() {
    let key = RandomBytes.generate(32)
    let signer = ViewLinkSigner(keys: [key])
    func text(_ payload: [UInt8]) -> String {
      let signed = "aspen_view_" + Base64URL.encode(payload)
      return signed + "."
        + Base64URL.encode(HMACSHA256.authenticate(Array(signed.utf8), key: key))
    }
    let head = [UInt8](repeating: 0, count: 28)
    let nonsense: [[UInt8]] = [
      [], [1], [1] + head, [1] + head + Array("user".utf8), [1] + head + Array("nobody:x".utf8),
      [2] + head + Array("user:x".utf8), [1] + head + [0xFF, 0x3A],
      [1] + [UInt8](repeating: 0xFF, count: 28) + Array("user:x".utf8),
      [1] + [UInt8](repeating: 0x7F, count: 28) + Array("user:x".utf8),
    ]
    for payload in nonsense {
      #expect(throws: ViewLinkError.invalid) { try signer.verify(text(payload), now: Self.now) }
    }
    #expect(throws: ViewLinkError.expired(at: Timestamp(microseconds: 0))) {
      try signer.verify(text([1] + head + Array("user:x".utf8)), now: Self.now)
    }
  }

  @Test("links outlive a rotation of the sealing keys, but not the removal of theirs")
  func rotation() throws {
    let (old, new) = (SealingKey.make(), SealingKey.make())
    let text = try SecretSealer(keys: [old]).viewLinkSigner.sign(link()).revealed
    #expect(throws: Never.self) {
      try SecretSealer(keys: [new, old]).viewLinkSigner.verify(text, now: Self.now)
    }
    #expect(throws: ViewLinkError.invalid) {
      try SecretSealer(keys: [new]).viewLinkSigner.verify(text, now: Self.now)
    }
    let newer = try SecretSealer(keys: [new, old]).viewLinkSigner.sign(link()).revealed
    #expect(throws: Never.self) {
      try SecretSealer(keys: [new]).viewLinkSigner.verify(newer, now: Self.now)
    }
  }
}
