import AspenModel
import Testing

@testable import AspenController

@Suite("Holding off workers that break off again and again")
struct HoldOffTests {
  private let start = ContinuousClock.now
  private let limits = HoldOff.Limits(
    losses: 3, window: .seconds(60), first: .seconds(15), longest: .seconds(40),
    memory: .seconds(100))
  private var holdOff = HoldOff()

  private mutating func lose(at seconds: Int...) {
    for second in seconds { holdOff.lost(at: start + .seconds(second), limits) }
  }

  private func isHeldOff(at seconds: Int) -> Bool {
    holdOff.period(at: start + .seconds(seconds)) != nil
  }

  @Test("three losses within a minute hold a worker off for a while, with the reason")
  mutating func holds() throws {
    lose(at: 0, 30)
    #expect(!isHeldOff(at: 30))
    lose(at: 59)
    let period = try #require(holdOff.period(at: start + .seconds(59)))
    #expect(period.until == start + .seconds(74))
    #expect(period.reason.hasPrefix("it broke off 3 times within 60 s"))
    #expect(isHeldOff(at: 73) && !isHeldOff(at: 74))
  }

  @Test("losses that are far apart do not count together")
  mutating func farApart() {
    lose(at: 0, 30, 60, 91, 121, 152)
    #expect(!isHeldOff(at: 152))
  }

  @Test("the next hold is twice as long, up to the longest")
  mutating func doubles() {
    lose(at: 0, 0, 0)
    lose(at: 20, 20, 20)
    #expect(isHeldOff(at: 49) && !isHeldOff(at: 50))
    lose(at: 50, 50, 50)
    #expect(isHeldOff(at: 89) && !isHeldOff(at: 90))
    lose(at: 90, 90, 90)
    #expect(isHeldOff(at: 129) && !isHeldOff(at: 130))
  }

  @Test("losses while it is held off prolong the hold")
  mutating func prolongs() {
    lose(at: 0, 0, 0, 5, 5, 5)
    #expect(isHeldOff(at: 44) && !isHeldOff(at: 45))
  }

  @Test("after a quiet time the hold is a short one again")
  mutating func forgets() {
    lose(at: 0, 0, 0)
    lose(at: 116, 116, 116)
    #expect(isHeldOff(at: 130) && !isHeldOff(at: 131))
  }
}
