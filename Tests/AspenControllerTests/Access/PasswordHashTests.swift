import AspenCrypto
import AspenModel
import AspenNet
import AspenTestSupport
import Dispatch
import Testing

@testable import AspenController

@Suite("Passwords")
struct PasswordHashTests {
  /// Costs of a test: a kilobyte instead of 32 MiB.
  private static let cheap = PasswordHash.Cost(ln: 3, r: 1, p: 1)

  @Test("a password is accepted, another is not")
  func verify() async throws {
    let hasher = PasswordHasher(cost: Self.cheap)
    defer { hasher.stop() }
    let stored = try await hasher.make(Secret("correct horse"))
    #expect(try await hasher.verify(Secret("correct horse"), against: stored))
    #expect(try await !hasher.verify(Secret("correct horsf"), against: stored))
    #expect(try await !hasher.verify(Secret(""), against: stored))
    #expect(try await hasher.make(Secret("correct horse")) != stored)
  }

  @Test("real costs are 32 MiB, and the stored text says so")
  func currentCost() async throws {
    let hasher = PasswordHasher()
    defer { hasher.stop() }
    let stored = try await hasher.make(Secret("correct horse"))
    #expect(stored.hasPrefix("scrypt$ln=15,r=8,p=1$"))
    #expect(!stored.contains("horse"))
    #expect(try await hasher.verify(Secret("correct horse"), against: stored))
  }

  @Test("a password stored with other costs still counts")
  func otherCost() async throws {
    let old = PasswordHasher(cost: .init(ln: 4, r: 2, p: 2))
    let new = PasswordHasher(cost: Self.cheap)
    defer { for hasher in [old, new] { hasher.stop() } }
    let stored = try await old.make(Secret("correct horse"))
    #expect(stored.hasPrefix("scrypt$ln=4,r=2,p=2$"))
    #expect(try await new.verify(Secret("correct horse"), against: stored))
  }

  @Test("without a stored password the same work is done, and the answer is no")
  func unknownUser() async throws {
    let hasher = PasswordHasher()
    defer { hasher.stop() }
    let start = ContinuousClock.now
    #expect(try await !hasher.verify(Secret("wrong horse"), against: nil))
    // Hashing takes a tenth of a second; an answer without it takes far less than a hundredth.
    #expect(ContinuousClock.now - start > .milliseconds(10))
  }

  @Test(
    "a stored text that is malformed or beyond all costs is an error, not a no",
    arguments: [
      "", "secret", "scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA",
      "bcrypt$ln=3,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=3,r=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$r=1,ln=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=3,r=1,p=-1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=0,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=18,r=16,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=3,r=1,p=99$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=3,r=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
      "scrypt$ln=3,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
      "scrypt$ln=3,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAA=",
    ])
  func malformed(stored: String) async {
    let hasher = PasswordHasher(cost: Self.cheap)
    defer { hasher.stop() }
    await #expect(throws: PasswordError.malformedHash) {
      try await hasher.verify(Secret("correct horse"), against: stored)
    }
  }

  @Test("a text reads back as what was written")
  func text() throws {
    let hash = try PasswordHash(
      of: Secret("x"), salt: RandomBytes.generate(16), cost: Self.cheap)
    #expect(PasswordHash(parsing: hash.text) == hash)
  }

  @Test("when too many wait, the next is told to try again and the others are served")
  func busy() async throws {
    let pool = BlockingPool(name: "passwords", maxThreads: 1, maxWaiting: 1)
    let hasher = PasswordHasher(cost: Self.cheap, pool: pool)
    defer { hasher.stop() }
    let gate = DispatchSemaphore(value: 0)
    let isRunning = Collected(false)
    // Occupies the only thread.
    try pool.submit {
      isRunning.update { $0 = true }
      gate.wait()
    }
    try await waitUntil { isRunning.value }
    try pool.submit {}
    await #expect(throws: PasswordError.busy) { try await hasher.make(Secret("correct horse")) }
    gate.signal()
    try await waitUntil { (try? await hasher.make(Secret("correct horse"))) != nil }
  }

  @Test("a password must have 10 characters, at most 256 bytes, and not be the user's name")
  func rules() throws {
    try PasswordRules.check(Secret(String(repeating: "x", count: 10)), userName: "ann")
    try PasswordRules.check(Secret(String(repeating: "x", count: 256)), userName: "ann")
    try PasswordRules.check(Secret("äöüäöüäöüä"), userName: "ann")
    func reason(_ password: String, _ userName: String = "ann") -> String? {
      #expect(throws: ValidationError.self) {
        try PasswordRules.check(Secret(password), userName: userName)
      }?.description
    }
    #expect(reason("123456789") == "/password must have at least 10 characters")
    #expect(
      reason(String(repeating: "x", count: 257))
        == "/password is longer than 256 bytes")
    #expect(reason("Ann-Example", "ann-example") == "/password must not be the user's name")
  }
}
