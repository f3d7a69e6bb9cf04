import AspenModel
import AspenWire
import Testing

@testable import AspenController

@Suite("What a worker has let go of")
struct ReleaseStateTests {
  private var state = ReleaseState()

  private func version(_ revision: Int64) -> DesiredVersion {
    DesiredVersion(epoch: 7, revision: revision)
  }

  private func status(_ revision: Int64?, running: [Int64]) -> WorkerMessage.Status {
    WorkerMessage.Status(
      streams: [], followed: revision.map(version),
      running: running.map { .init(streamID: $0, generation: 1) })
  }

  @Test("a stream is released when a later set is followed and its camera is closed")
  mutating func released() {
    state.sent([1, 2], version: version(1))
    #expect(state.heard(status(1, running: [1, 2])) == true)
    state.sent([2], leaving: [1], version: version(2))
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
    state.sent([], version: version(1))
    _ = state.heard(status(1, running: []))
    state.sent([1], version: version(2))
    state.sent([], leaving: [1], version: version(3))
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
    state.sent([], leaving: [1, 2], version: version(1))
    #expect(state.heard(status(0, running: [1])) == false)
    #expect(state.heard(status(1, running: [1])) == true, "what it never had is released")
    #expect(state.hasReleased(2) && !state.hasReleased(1))
    #expect(state.heard(status(1, running: [])) == true)
    #expect(state.hasReleased(1))
  }

  @Test("a stream that is given again is not released by words about the time between")
  mutating func givenAgain() {
    state.sent([1], version: version(1))
    state.sent([], version: version(2))
    state.sent([1], version: version(3))
    _ = state.heard(status(2, running: []))
    #expect(state.mayRun(1) && !state.hasReleased(1))
  }

  @Test("a later set of another controller tells as much as one of this controller")
  mutating func otherController() {
    state.sent([1], version: version(1))
    state.sent([], leaving: [1], version: version(2))
    #expect(state.heard(status(9, running: [])) == true)
    #expect(state.hasReleased(1))
  }

  @Test(
    "a stream that another controller gave the worker is not released before it was told to stop")
  mutating func givenByAnother() {
    state.sent([], version: version(1))
    _ = state.heard(status(1, running: []))
    #expect(!state.hasReleased(1), "this controller has not told it to stop anything")
    // Another one gave it stream 1 at revision 2; this one reads it when it is to be deleted.
    state.sent([], leaving: [1], version: version(3))
    #expect(state.mayRun(1) && !state.hasReleased(1))
    _ = state.heard(status(2, running: [1]))
    #expect(!state.hasReleased(1))
    #expect(state.heard(status(3, running: [])) == true)
    #expect(state.hasReleased(1))
    // Said again in later sets, it is not begun anew.
    state.sent([2], leaving: [1], version: version(4))
    #expect(state.hasReleased(1))
  }

  @Test("a set of an earlier leadership does not count")
  mutating func earlierEpoch() {
    state.sent([1], version: version(1))
    state.sent([], leaving: [1], version: version(2))
    let old = DesiredVersion(epoch: 6, revision: 99)
    _ = state.heard(WorkerMessage.Status(streams: [], followed: old, running: []))
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
    state.sent([1], version: version(1))
    state.sent([], leaving: [1], version: version(2))
    _ = state.heard(status([1]))
    state.heard(WorkerMessage.Heartbeat(sequence: 1, followed: version(2)))
    #expect(!state.hasReleased(1))
    #expect(state.heard(status([])) == true)
    #expect(state.hasReleased(1))
  }

  @Test("more dropped streams than are remembered are released together")
  mutating func manyDropped() {
    let all = Set((1...Int64(Worker.maxCapacityStreams) + 1))
    state.sent(all, version: version(1))
    _ = state.heard(status(1, running: []))
    state.sent([], leaving: all, version: version(2))
    #expect(!state.hasReleased(1))
    #expect(state.heard(status(2, running: [])) == true)
    #expect(state.hasReleased(1) && state.hasReleased(9_999))
  }
}
