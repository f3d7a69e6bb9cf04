import AspenNet
import AspenWire
import Testing

@testable import AspenHub

@Suite("ViewerState")
struct ViewerStateTests {
  /// The stream and order of the next frame.
  private func next(_ state: inout ViewerState) -> (stream: Int64, order: UInt64)? {
    guard case .frame(let frame) = state.next(at: time(0)) else { return nil }
    return (frame.header.streamID, frame.order)
  }

  private func viewer(_ streams: Set<Int64>, fps: Double? = nil) -> ViewerState {
    var state = ViewerState(framesPerSecond: fps, announces: false)
    state.follow(streams)
    return state
  }

  @Test("the newest frame takes the place of one that waits")
  func newestWins() {
    var state = viewer([1])
    #expect(state.offer(hubFrame(stream: 1, order: 1), at: time(0)) == .queued)
    #expect(state.offer(hubFrame(stream: 1, order: 2), at: time(0)) == .replaced)
    #expect(state.offer(hubFrame(stream: 1, order: 3), at: time(0)) == .replaced)
    #expect(state.pendingCount == 1)
    #expect(next(&state)?.order == 3)
    #expect(next(&state) == nil)
    #expect(state.skipped == 2)
    #expect(state.sent == 1)
  }

  @Test("an older frame than the last one is refused")
  func refusesOlder() {
    var state = viewer([1])
    _ = state.offer(hubFrame(stream: 1, order: 5), at: time(0))
    _ = next(&state)
    #expect(state.offer(hubFrame(stream: 1, order: 5), at: time(0)) == .refused)
    #expect(state.offer(hubFrame(stream: 1, order: 4), at: time(0)) == .refused)
    #expect(state.offer(hubFrame(stream: 2, order: 6), at: time(0)) == .refused)
  }

  @Test("streams take turns, however busy one of them is")
  func takesTurns() {
    var state = viewer([1, 2, 3])
    var order: UInt64 = 0
    func offer(_ stream: Int64) {
      order += 1
      _ = state.offer(hubFrame(stream: stream, order: order), at: time(0))
    }
    for stream: Int64 in [1, 2, 3] { offer(stream) }
    var turns: [Int64] = []
    for _ in 0..<9 {
      guard let stream = next(&state)?.stream else { break }
      turns.append(stream)
      offer(stream)
      for _ in 0..<10 { offer(1) }
    }
    #expect(turns == [1, 2, 3, 1, 2, 3, 1, 2, 3])
  }

  @Test("the frame rate limits each stream evenly", arguments: [(25, 10.0), (30, 7.0), (10, 10.0)])
  func limitsRate(source: Int, limit: Double) {
    var state = viewer([1], fps: limit)
    let seconds = 20
    var order: UInt64 = 0
    for index in 0..<(source * seconds) {
      order += 1
      // Up to 10 ms of jitter.
      let arrival = UInt64(index * 1_000 / source + (index * 7) % 11)
      _ = state.offer(hubFrame(stream: 1, order: order), at: time(arrival))
      _ = next(&state)
    }
    let expected = limit * Double(seconds)
    #expect(abs(Double(state.sent) - expected) <= 3)
    #expect(state.sent + state.limited == source * seconds)
    #expect(state.skipped == 0)
  }

  @Test("a frame that replaces a waiting one does not count against the rate")
  func replacesWithinRate() {
    var state = viewer([1], fps: 1)
    #expect(state.offer(hubFrame(stream: 1, order: 1), at: time(0)) == .queued)
    #expect(state.offer(hubFrame(stream: 1, order: 2), at: time(40)) == .replaced)
    #expect(next(&state)?.order == 2)
    #expect(state.offer(hubFrame(stream: 1, order: 3), at: time(80)) == .limited)
  }

  @Test("after a pause missed frames are not made up for")
  func noBurstAfterPause() {
    var limit = RateLimit(framesPerSecond: 10)
    #expect(limit.admits(at: time(0)) == true)
    var admitted = 0
    for millisecond in stride(from: UInt64(60_000), to: 60_200, by: 10)
    where limit.admits(at: time(millisecond)) {
      admitted += 1
    }
    #expect(admitted <= 3)
  }

  @Test("the stream list comes before frames, and anew when the set changes")
  func announces() {
    var state = ViewerState(framesPerSecond: nil, announces: true)
    state.follow([1])
    _ = state.offer(hubFrame(stream: 1, order: 1), at: time(0))
    guard case .streams = state.next(at: time(0)) else {
      Issue.record("the list comes first")
      return
    }
    #expect(next(&state)?.order == 1)
    state.follow([1, 2])
    _ = state.offer(hubFrame(stream: 2, order: 2), at: time(0))
    guard case .streams = state.next(at: time(0)) else {
      Issue.record("the new list comes first")
      return
    }
    #expect(next(&state)?.order == 2)
  }

  @Test("a stream that is not followed any more leaves nothing waiting")
  func unfollows() {
    var state = viewer([1, 2])
    _ = state.offer(hubFrame(stream: 1, order: 1), at: time(0))
    _ = state.offer(hubFrame(stream: 2, order: 2), at: time(0))
    state.follow([2])
    #expect(next(&state)?.stream == 2)
    #expect(next(&state) == nil)
  }

  @Test("a waiting frame of an older generation is dropped")
  func dropsStale() {
    var state = viewer([1, 2])
    _ = state.offer(hubFrame(stream: 1, order: 1, generation: 3), at: time(0))
    _ = state.offer(hubFrame(stream: 2, order: 2, generation: 3), at: time(0))
    state.dropStale { $0 == 1 ? 4 : 3 }
    #expect(next(&state)?.stream == 2)
    #expect(next(&state) == nil)
  }

  @Test("a stall is the time without progress while something is in flight")
  func measuresStall() {
    var state = viewer([1])
    #expect(state.stall(isIdle: false, lastProgress: time(0), at: time(9_000)) == .zero)
    _ = state.offer(hubFrame(stream: 1, order: 1), at: time(0))
    _ = state.next(at: time(1_000))
    #expect(state.stall(isIdle: true, lastProgress: time(0), at: time(9_000)) == .zero)
    #expect(state.stall(isIdle: false, lastProgress: time(0), at: time(9_000)) == .seconds(8))
    #expect(
      state.stall(isIdle: false, lastProgress: time(8_500), at: time(9_000))
        == .milliseconds(500))
  }
}
