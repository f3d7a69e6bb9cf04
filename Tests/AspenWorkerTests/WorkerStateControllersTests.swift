import AspenModel
import AspenWire
import Testing

@testable import AspenWorker

@Suite("WorkerState with several controllers")
struct WorkerStateControllersTests {
  private var state = WorkerState()
  private let a: ControllerAddress
  private let b: ControllerAddress
  private let start = ContinuousClock.now

  init() throws {
    a = try ControllerAddress("http://10.0.0.1:8480")
    b = try ControllerAddress("http://10.0.0.2:8480")
  }

  private func stream(
    _ id: Int64, generation: Int64 = 1, onPartition: PartitionRule = .replace
  ) throws -> DesiredStream {
    DesiredStream(
      streamID: id, name: "stream-\(id)", generation: generation,
      cameraSpec: CameraSpec(
        source: .file(try MediaFilePath("clip.avi", field: "path")), username: nil),
      password: nil, maxFramesPerSecond: nil, maxWidth: nil, onPartition: onPartition)
  }

  private mutating func follow(
    epoch: Int64 = 1, _ revision: Int64, _ streams: [DesiredStream],
    after time: Duration = .zero
  ) -> [WorkerState.Action] {
    state.follow(
      .init(version: .init(epoch: epoch, revision: revision), streams: streams),
      at: start + time)
  }

  private mutating func want(
    _ controller: ControllerAddress, _ revision: Int64, _ streams: [Int64: FrameDemand]
  ) -> [WorkerState.Action] {
    state.follow(
      .init(revision: revision, streams: streams.map { .init(streamID: $0.key, demand: $0.value) }),
      from: controller)
  }

  private static let all = FrameDemand(framesPerSecond: nil, width: nil)

  // MARK: Order

  @Test("of two controllers' sets the later leadership's is followed, then the later revision's")
  mutating func order() throws {
    _ = follow(epoch: 2, 10, [try stream(1)])
    #expect(follow(epoch: 1, 99, []) == [], "a paused leader that wakes up")
    #expect(follow(epoch: 2, 9, []) == [], "a follower that is late")
    #expect(state.version == DesiredVersion(epoch: 2, revision: 10))
    #expect(follow(epoch: 3, 1, []) == [.stop(streamID: 1)], "after a restore from a backup")
  }

  @Test("the same set from a second controller changes nothing")
  mutating func sameSet() throws {
    let one = try stream(1)
    #expect(follow(4, [one]) == [.run(one, nil)])
    #expect(follow(4, [one]) == [])
    #expect(follow(5, [one]) == [])
  }

  @Test("a worker that was dismissed follows a cluster that was made anew")
  mutating func dismissed() throws {
    _ = follow(epoch: 9, 9, [try stream(1)])
    #expect(state.dismissed() == [.stop(streamID: 1)])
    let two = try stream(2)
    #expect(follow(epoch: 1, 1, [two]) == [.run(two, nil)])
  }

  // MARK: Demand

  @Test("demand of all controllers is merged, and each is known for itself")
  mutating func mergesDemand() throws {
    _ = follow(1, [try stream(1)])
    let narrow = FrameDemand(framesPerSecond: 2, width: 320)
    let wide = FrameDemand(framesPerSecond: 1, width: 640)
    #expect(want(a, 1, [1: narrow]) == [.setDemand(streamID: 1, narrow)])
    let both = FrameDemand(framesPerSecond: 2, width: 640)
    #expect(want(b, 1, [1: wide]) == [.setDemand(streamID: 1, both)])
    #expect(state.wants(1, for: a) && state.wants(1, for: b))
    #expect(want(a, 2, [:]) == [.setDemand(streamID: 1, wide)])
    #expect(!state.wants(1, for: a) && state.wants(1, for: b))
    #expect(!state.hasDemand(of: a) && state.hasDemand(of: b))
    #expect(state.endDemand(of: b) == [.setDemand(streamID: 1, nil)])
  }

  @Test("a new connection to one controller leaves the demand of the other alone")
  mutating func newConnection() throws {
    _ = follow(1, [try stream(1)])
    _ = want(a, 7, [1: Self.all])
    _ = want(b, 7, [1: Self.all])
    state.connected(to: a)
    #expect(state.wants(1, for: a), "until it says otherwise")
    #expect(want(a, 1, [:]) == [], "the other one still wants it")
    #expect(want(b, 7, [:]) == [], "b's revisions go on")
    #expect(state.wants(1, for: b))
  }

  // MARK: The lease

  @Test("without a lease only the streams that must stop stop, and all connections begin anew")
  mutating func leaseEnds() throws {
    let streams = try PartitionRule.allCases.enumerated().map { index, rule in
      try stream(Int64(index) + 1, onPartition: rule)
    }
    let stopping = try #require(streams.first { $0.stopsWithoutLease })
    #expect(state.extendLease(until: start + .seconds(2), at: start) == [])
    #expect(follow(1, streams).count == streams.count)
    #expect(state.leaseDeadline == start + .seconds(2))
    #expect(state.checkLease(at: start + .seconds(1)) == [])
    #expect(
      state.checkLease(at: start + .seconds(2)) == [
        .stop(streamID: stopping.streamID), .reconnect,
      ])
    #expect(state.leaseDeadline == nil)
    #expect(state.checkLease(at: start + .seconds(3)) == [], "once")
    let status = try #require(state.statuses.first { $0.streamID == stopping.streamID })
    #expect(status.phase == .stopped && status.message.contains("no controller was heard"))
    #expect(state.running(open: []).count == streams.count - 1)
    let open = [WorkerMessage.RunningStream(streamID: stopping.streamID, generation: 1)]
    #expect(state.running(open: open).count == streams.count, "until its camera is closed")
  }

  @Test("a stream whose lease ran out runs again by a newer word alone, and with a lease")
  mutating func lapsedStream() throws {
    let one = try stream(1, onPartition: .stop)
    _ = state.extendLease(until: start + .seconds(2), at: start)
    _ = follow(1, [one])
    _ = state.checkLease(at: start + .seconds(2))
    #expect(
      state.extendLease(until: start + .seconds(9), at: start + .seconds(7)) == [],
      "another worker may have it by now")
    #expect(follow(1, [one], after: .seconds(7)) == [.run(one, nil)])
  }

  @Test("a stream that was given to another meanwhile does not run again")
  mutating func movedStream() throws {
    let one = try stream(1, onPartition: .stop)
    _ = state.extendLease(until: start + .seconds(2), at: start)
    _ = follow(1, [one])
    _ = state.checkLease(at: start + .seconds(2))
    #expect(follow(2, [], after: .seconds(7)) == [])
    #expect(state.extendLease(until: start + .seconds(9), at: start + .seconds(7)) == [])
    #expect(state.statuses == [])
  }

  @Test("a stream that needs a lease waits for it")
  mutating func waits() throws {
    let one = try stream(1, onPartition: .stop)
    #expect(follow(1, [one]) == [])
    _ = want(a, 1, [1: Self.all])
    #expect(state.statuses.map(\.phase) == [.stopped])
    #expect(!state.hasDemand(of: a))
    #expect(state.extendLease(until: start - .seconds(1), at: start) == [], "it is over already")
    #expect(state.extendLease(until: start + .seconds(1), at: start) == [.run(one, Self.all)])
    #expect(state.hasDemand(of: a))
  }

  @Test("any controller extends the lease, and an earlier end never shortens it")
  mutating func extends() throws {
    _ = state.extendLease(until: start + .seconds(2), at: start)
    _ = follow(1, [try stream(1, onPartition: .stop)])
    _ = state.extendLease(until: start + .seconds(1), at: start)
    #expect(state.checkLease(at: start + .milliseconds(1_900)) == [])
  }

  @Test("a stream that needs a lease from now on stops when there is none")
  mutating func ruleChanges() throws {
    _ = follow(1, [try stream(1)])
    #expect(follow(2, [try stream(1, onPartition: .stop)]) == [])
    #expect(state.checkLease(at: start) == [.stop(streamID: 1), .reconnect])
    let next = try stream(1, generation: 2)
    #expect(follow(3, [next]) == [.run(next, nil)])
    #expect(follow(4, [try stream(1, generation: 3, onPartition: .stop)]) == [.stop(streamID: 1)])
  }
}
