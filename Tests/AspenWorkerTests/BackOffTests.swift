import Testing

@testable import AspenWorker

@Suite("BackOff")
struct BackOffTests {
  @Test("waits double from 100 ms to 2 s, and a success starts anew")
  func doubles() {
    var backOff = BackOff()
    let waits = (0..<7).map { _ in backOff.next(random: 1) }
    #expect(
      waits == [100, 200, 400, 800, 1_600, 2_000, 2_000].map { Duration.milliseconds($0) })
    backOff.reset()
    #expect(backOff.next(random: 1) == .milliseconds(100))
  }

  @Test("jitter takes away at most half", arguments: [0.0, 0.3, 0.999])
  func jitter(random: Double) {
    var backOff = BackOff()
    for ceiling in [100, 200, 400, 800] {
      let wait = backOff.next(random: random)
      #expect(wait >= .milliseconds(ceiling / 2) && wait <= .milliseconds(ceiling))
    }
  }
}
