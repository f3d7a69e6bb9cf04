import AspenCrypto
import Testing

@Suite("scrypt")
struct ScryptTests {
  /// A case of RFC 7914 12.
  struct KnownAnswer: Sendable, CustomTestStringConvertible {
    let password, salt: String
    let n, r, p: Int
    let derived: String

    var testDescription: String { "n=\(n) r=\(r) p=\(p)" }
  }

  static let answers = [
    KnownAnswer(
      password: "", salt: "", n: 16, r: 1, p: 1,
      derived: """
        77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
        fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
        """),
    KnownAnswer(
      password: "password", salt: "NaCl", n: 1024, r: 8, p: 16,
      derived: """
        fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
        """),
    KnownAnswer(
      password: "pleaseletmein", salt: "SodiumChloride", n: 16384, r: 8, p: 1,
      derived: """
        7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
        d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
        """),
  ]

  @Test("passwords give the bytes of RFC 7914", arguments: answers)
  func knownAnswer(_ answer: KnownAnswer) throws {
    let derived = try Scrypt.derive(
      password: Array(answer.password.utf8), salt: Array(answer.salt.utf8), n: answer.n,
      r: answer.r, p: answer.p, length: 64)
    #expect(hex(derived) == hex(unhex(answer.derived)))
  }

  @Test(
    "costs that are invalid or take too much memory are refused",
    arguments: [
      (0, 8, 1), (1, 8, 1), (1000, 8, 1), (-16, 8, 1), (16, 0, 1), (16, 8, 0), (16, 1025, 1),
      (1 << 22, 8, 1), (1 << 62, 8, 1), (.max, 1, 1),
    ])
  func costs(n: Int, r: Int, p: Int) {
    #expect(throws: CryptoError.self) {
      try Scrypt.derive(password: [], salt: [], n: n, r: r, p: p, length: 32)
    }
  }
}
