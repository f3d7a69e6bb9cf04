import AspenModel
import Testing

@testable import AspenMedia

@Suite("Frame selector")
struct FrameSelectorTests {
  @Test(
    "the wanted rate is met over time and evenly",
    arguments: [(25.0, 10.0), (25, 25), (30, 1), (10, 0.5), (29.97, 15), (10, 30)])
  func rate(source: Double, wanted: Double) {
    var selector = FrameSelector()
    var taken: [Int] = []
    for index in 0..<1000 {
      let time = Int64((Double(index) * 1_000_000 / source).rounded())
      if selector.takes(frameAt: time, framesPerSecond: wanted) { taken.append(index) }
    }
    let expected = 1000 * min(wanted / source, 1)
    #expect(abs(Double(taken.count) - expected) <= 2)
    let gaps = zip(taken.dropFirst(), taken).map { $0 - $1 }
    #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
  }

  @Test("jitter costs no frame, and a pause is followed by no burst")
  func jitter() {
    var selector = FrameSelector()
    let jittered = (0..<100).count { index in
      let time = Int64(index * 100_000 + (index % 3 - 1) * 30_000)
      return selector.takes(frameAt: time, framesPerSecond: 10)
    }
    #expect(jittered >= 97)
    let later = (0..<10).count { index in
      selector.takes(frameAt: 60_000_000 + Int64(index * 10_000), framesPerSecond: 10)
    }
    #expect(later <= 3)
  }
}

@Suite("Group of pictures")
struct GroupOfPicturesTests {
  @Test("nothing is kept before a keyframe, and a keyframe begins anew")
  func keyframes() {
    var group = GroupOfPictures<Int>()
    group.append(1, sizeBytes: 10, isKeyframe: false)
    #expect(group.packets.isEmpty)
    group.append(2, sizeBytes: 10, isKeyframe: true)
    group.append(3, sizeBytes: 10, isKeyframe: false)
    #expect(group.packets == [2, 3] && group.sizeBytes == 20)
    group.append(4, sizeBytes: 10, isKeyframe: true)
    #expect(group.packets == [4] && group.sizeBytes == 10)
  }

  @Test("a group beyond its count or bytes is dropped until the next keyframe")
  func bounds() {
    var group = GroupOfPictures<Int>()
    group.append(0, sizeBytes: 1, isKeyframe: true)
    for index in 1..<600 { group.append(index, sizeBytes: 1, isKeyframe: false) }
    #expect(group.packets.count == 600)
    group.append(600, sizeBytes: 1, isKeyframe: false)
    group.append(601, sizeBytes: 1, isKeyframe: false)
    #expect(group.packets.isEmpty && group.sizeBytes == 0)
    group.append(602, sizeBytes: 8 << 20, isKeyframe: true)
    #expect(group.packets == [602])
    group.append(603, sizeBytes: 1, isKeyframe: false)
    #expect(group.packets.isEmpty)
  }
}

@Suite("Reconnecting")
struct ReconnectStateTests {
  @Test("the wait doubles from half a second to thirty seconds")
  func backoff() {
    var state = ReconnectState()
    let waits = (0..<9).map { _ in state.failed(.refused, random: 0.5) }
    #expect(
      waits == [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000].map { .milliseconds($0) })
    for _ in 0..<100 { _ = state.failed(.refused, random: 0.5) }
    #expect(state.failed(.refused, random: 0.5) == .seconds(30))
  }

  @Test("randomness spreads the wait by a quarter")
  func jitter() {
    var low = ReconnectState()
    var high = ReconnectState()
    #expect(low.failed(.timeout, random: 0) == .milliseconds(375))
    #expect(high.failed(.timeout, random: 1) == .milliseconds(625))
  }

  @Test("thirty seconds of pictures make the next failure a first one, fewer do not")
  func reset() {
    var state = ReconnectState()
    for _ in 0..<3 { _ = state.failed(.refused, random: 0.5) }
    state.pictureArrived(at: 1_000_000)
    state.pictureArrived(at: 30_000_000)
    #expect(state.failed(.ended, random: 0.5) == .seconds(4))
    state.pictureArrived(at: 100_000_000)
    state.pictureArrived(at: 130_000_000)
    #expect(state.failed(.ended, random: 0.5) == .milliseconds(500))
  }

  @Test("a refused password is tried again slowly, so that no account is locked")
  func slow() {
    var state = ReconnectState()
    #expect(state.failed(.unauthorized, random: 0.5) == .seconds(5))
    for _ in 0..<10 { _ = state.failed(.unauthorized, random: 0.5) }
    #expect(state.failed(.unauthorized, random: 0.5) == .seconds(300))
    #expect(state.failed(.notFound, random: 0.5) == .seconds(30))
  }
}

@Suite("Media time")
struct MediaTimeTests {
  @Test("timestamps count where they are sound, arrival where they are not")
  func timeline() {
    var timeline = MediaTimeline()
    #expect(timeline.advance(timestamp: nil, arrival: 1_000_000) == 0)
    #expect(timeline.advance(timestamp: 500, arrival: 1_040_000) == 40_000)
    #expect(timeline.advance(timestamp: 40_500, arrival: 1_900_000) == 80_000)
    #expect(timeline.advance(timestamp: 40_500, arrival: 1_910_000) == 90_000)
    #expect(timeline.advance(timestamp: .min, arrival: 1_920_000) == 100_000)
    #expect(timeline.advance(timestamp: .max, arrival: 1_930_000) == 110_000)
    #expect(timeline.advance(timestamp: 7, arrival: 1_900_000) == 110_000)
  }

  @Test("a file is paced by its timestamps through loops and gaps")
  func pacer() {
    var pacer = FilePacer(framesPerSecond: 10)
    #expect(pacer.releaseTime(timestamp: 0, now: 1_000) == 1_000)
    #expect(pacer.releaseTime(timestamp: 40_000, now: 2_000) == 41_000)
    pacer.rewind()
    #expect(pacer.releaseTime(timestamp: 0, now: 50_000) == 141_000)
    #expect(pacer.releaseTime(timestamp: 900_000_000, now: 150_000) == 241_000)
    #expect(pacer.releaseTime(timestamp: nil, now: 250_000) == 341_000)
    #expect(pacer.releaseTime(timestamp: 5, now: 60_000_000) == 60_000_000)
  }

  @Test("the rate is measured over the last seconds and adapts")
  func rate() {
    var meter = RateMeter()
    #expect(meter.framesPerSecond == nil)
    for index in 0..<500 { meter.frameArrived(at: Int64(index) * 40_000) }
    #expect(abs((meter.framesPerSecond ?? 0) - 25) < 0.01)
    for index in 1...100 { meter.frameArrived(at: 20_000_000 + Int64(index) * 100_000) }
    #expect(abs((meter.framesPerSecond ?? 0) - 10) < 0.01)
  }
}

@Suite("Decode mode")
struct DecodeModeTests {
  @Test("the least decoding that serves the demand is chosen, and kept when keyframes waver")
  func choice() {
    let slow = FrameDemand(framesPerSecond: 1, width: nil)
    let every = FrameDemand(framesPerSecond: nil, width: nil)
    #expect(DecodeMode(demand: nil, keyframesPerSecond: 1, current: .nothing) == .nothing)
    #expect(DecodeMode(demand: every, keyframesPerSecond: 1, current: .nothing) == .everything)
    #expect(DecodeMode(demand: slow, keyframesPerSecond: nil, current: .nothing) == .everything)
    #expect(DecodeMode(demand: slow, keyframesPerSecond: 1, current: .everything) == .keyframes)
    #expect(DecodeMode(demand: slow, keyframesPerSecond: 0.95, current: .keyframes) == .keyframes)
    #expect(DecodeMode(demand: slow, keyframesPerSecond: 0.95, current: .everything) == .everything)
    #expect(DecodeMode(demand: slow, keyframesPerSecond: 0.5, current: .keyframes) == .everything)
  }
}
