import AspenStore
import Testing

@testable import AspenController

@Suite("How far a leader was")
struct LeaderProgressTests {
  @Test("a revision below an earlier one of the epoch means that the store was restored")
  func restored() {
    let progress = LeaderProgress()
    let claim = LeadershipClaim(holder: "a", epoch: 7)
    #expect(progress.note(5, of: claim))
    #expect(progress.note(5, of: claim))
    #expect(progress.note(9, of: claim))
    #expect(!progress.note(8, of: claim))
    #expect(!progress.note(8, of: claim))
  }

  @Test("a new epoch begins wherever the store is")
  func newEpoch() {
    let progress = LeaderProgress()
    #expect(progress.note(9, of: LeadershipClaim(holder: "a", epoch: 7)))
    #expect(progress.note(3, of: LeadershipClaim(holder: "a", epoch: 8)))
    #expect(!progress.note(2, of: LeadershipClaim(holder: "a", epoch: 8)))
  }
}
