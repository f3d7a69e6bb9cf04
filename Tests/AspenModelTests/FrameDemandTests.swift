import AspenModel
import Testing

@Suite("Frame demand")
struct FrameDemandTests {
  @Test("a union serves both, and no limit wins over a limit")
  func union() {
    let small = FrameDemand(framesPerSecond: 2, width: 640)
    let fast = FrameDemand(framesPerSecond: 25, width: 320)
    let everything = FrameDemand(framesPerSecond: nil, width: nil)
    #expect(small.union(fast) == FrameDemand(framesPerSecond: 25, width: 640))
    #expect(small.union(everything) == everything && everything.union(small) == everything)
    #expect(small.union(small) == small)
  }

  @Test(
    "a rate that JSON cannot carry is no limit", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(_ rate: Double) {
    #expect(FrameDemand(framesPerSecond: rate, width: nil).framesPerSecond == nil)
    let status = StreamStatus(
      streamID: 1, generation: 1, phase: .streaming, message: "", sourceFramesPerSecond: rate)
    #expect(status.sourceFramesPerSecond == nil)
  }
}
