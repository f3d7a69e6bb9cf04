import AspenModel
import AspenWire
import Testing

@testable import AspenController

@Suite("What a worker has let go of")
struct ReleaseStateTests {
  private var state = ReleaseState()

  private func status(_ revision: Int64?, running: [Int64]) -> WorkerMessage.Status {
    WorkerMessage.Status(
      streams: [], desiredRevision: revision,
      running: running.map { .init(streamID: $0, generation: 1) })
  }

  @Test("a stream is released when a later set is followed and its camera is closed")
  mutating func released() {
    state.sent([1, 2], revision: 1)
    #expect(state.heard(status(1, running: [1, 2])) == true)
    state.sent([2], revision: 2)
    #expect(state.mayRun(1) && !state.hasReleased(1))
    #expect(state.heard(status(1, running: [1, 2])) == false, "it has not read the set yet")
    #expect(state.heard(status(2, running: [1, 2])) == false, "its camera is still open")
    #expect(state.mayRun(1) && !state.hasReleased(1))
    #expect(state.held == [1, 2])
    #expect(state.heard(status(2, running: [2])) == true)
    #expect(!state.mayRun(1) && state.hasReleased(1))
    #expect(state.held == [2])
    #expect(!state.hasReleased(2))
    #expect(state.heard(status(2, running: [2])) == false, "nobody is told twice")
  }

  @Test("a status from before a stream was given does not release it")
  mutating func tooEarly() {
    state.sent([], revision: 1)
    _ = state.heard(status(1, running: []))
    state.sent([1], revision: 2)
    state.sent([], revision: 3)
    #expect(state.heard(status(1, running: [])) == false)
    #expect(!state.hasReleased(1))
    #expect(state.heard(status(2, running: [1])) == false)
    #expect(state.heard(status(3, running: [])) == true)
    #expect(state.hasReleased(1))
  }

  @Test("after a new connection nothing is released before the first set is followed")
  mutating func newConnection() {
    state.heard(
      WorkerMessage.Hello(
        version: "1", capacityStreams: 1, labels: [:],
        running: [.init(streamID: 1, generation: 1)]))
    #expect(state.mayRun(1) && !state.mayRun(2))
    #expect(!state.hasReleased(1) && !state.hasReleased(2))
    state.sent([], revision: 1)
    #expect(state.heard(status(0, running: [1])) == false)
    #expect(state.heard(status(1, running: [1])) == true, "what it never had is released")
    #expect(state.hasReleased(2) && !state.hasReleased(1))
    #expect(state.heard(status(1, running: [])) == true)
    #expect(state.hasReleased(1))
  }

  @Test("a stream that is given again is not released by words about the time between")
  mutating func givenAgain() {
    state.sent([1], revision: 1)
    state.sent([], revision: 2)
    state.sent([1], revision: 3)
    _ = state.heard(status(2, running: []))
    #expect(state.mayRun(1) && !state.hasReleased(1))
  }

  @Test("a worker cannot follow a set that it was not sent")
  mutating func liar() {
    state.sent([1], revision: 1)
    _ = state.heard(status(99, running: []))
    state.sent([], revision: 2)
    #expect(!state.hasReleased(1))
  }

  @Test("of an earlier version its heartbeats say what it follows, and its statuses what it runs")
  mutating func earlierVersion() {
    func status(_ streams: [Int64]) -> WorkerMessage.Status {
      WorkerMessage.Status(
        streams: streams.map {
          StreamStatus(streamID: $0, generation: 1, phase: .streaming, message: "")
        })
    }
    state.sent([1], revision: 1)
    state.sent([], revision: 2)
    _ = state.heard(status([1]))
    state.heard(WorkerMessage.Heartbeat(sequence: 1, desiredRevision: 2))
    #expect(!state.hasReleased(1))
    #expect(state.heard(status([])) == true)
    #expect(state.hasReleased(1))
  }

  @Test("more dropped streams than are remembered are released together")
  mutating func manyDropped() {
    let all = Set((1...Int64(Worker.maxCapacityStreams) + 1))
    state.sent(all, revision: 1)
    _ = state.heard(status(1, running: []))
    state.sent([], revision: 2)
    #expect(!state.hasReleased(1))
    #expect(state.heard(status(2, running: [])) == true)
    #expect(state.hasReleased(1) && state.hasReleased(9_999))
  }
}
