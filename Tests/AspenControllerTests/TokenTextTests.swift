import AspenModel
import Testing

@testable import AspenController

@Suite("Tokens")
struct TokenTextTests {
  @Test("a join token's text comes apart into what it was made of")
  func roundTrip() throws {
    let made = JoinTokenText.make()
    let parsed = try #require(JoinTokenText(parsing: made.token.revealed))
    #expect(parsed.publicID == made.publicID)
    #expect(parsed.digest == made.digest)
  }

  @Test(
    "what is no join token is refused",
    arguments: ["", "aspen_join_", "aspen_join_abc", "aspen_join__secret", "aspen_op_abc_def"])
  func malformed(text: String) {
    #expect(JoinTokenText(parsing: text) == nil)
  }

  @Test("an overlong join token is refused before it is looked at")
  func overlong() {
    #expect(JoinTokenText(parsing: "aspen_join_a_" + String(repeating: "x", count: 300)) == nil)
  }

  @Test("two tokens differ, and neither prints")
  func tokensDiffer() {
    let first = TokenText.make(prefix: TokenText.operatorPrefix)
    let second = TokenText.make(prefix: TokenText.operatorPrefix)
    #expect(first.revealed != second.revealed)
    #expect(first.revealed.utf8.count == "aspen_op_".utf8.count + 43)
    #expect("\(first)" == "***")
  }
}
