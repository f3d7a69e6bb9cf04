import Testing

@testable import AspenWorker

@Suite("SentHeartbeats")
struct SentHeartbeatsTests {
  @Test("a heartbeat's time is known while it is new, and only if it was sent")
  func times() {
    var heartbeats = SentHeartbeats()
    let start = ContinuousClock.now
    #expect(heartbeats.time(of: 0) == nil)
    for number in 0..<200 {
      #expect(heartbeats.sent(at: start + .seconds(number)) == Int64(number))
    }
    #expect(heartbeats.time(of: 199) == start + .seconds(199))
    #expect(heartbeats.time(of: 136) == start + .seconds(136))
    for number: Int64 in [135, 0, -1, 200, .min, .max] {
      #expect(heartbeats.time(of: number) == nil)
    }
  }
}
