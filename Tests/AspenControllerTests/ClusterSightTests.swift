import AspenModel
import AspenScheduler
import AspenStore
import Testing

@testable import AspenController

@Suite("What the planner sees of the cluster")
struct ClusterSightTests {
  private func fixture() throws -> SchedulingFixture {
    var fixture = SchedulingFixture()
    try fixture.addWorker(1)
    try fixture.addWorker(2)
    try fixture.addStream(1, camera: 7, on: 1)
    try fixture.addStream(2, camera: 7)
    return fixture
  }

  @Test("workers are as alive as they are seen")
  func workers() throws {
    let sight = ClusterSight(
      phases: [1: .lost, 2: .ready], lostFor: [1: .seconds(3)], overLeases: [1], heldOff: [2])
    let snapshot = ClusterSnapshot(try fixture().state, sight)
    #expect(snapshot.workers.map(\.phase) == [.lost, .ready])
    #expect(snapshot.workers.map(\.lostFor) == [.seconds(3), nil])
    #expect(snapshot.workers.map(\.isLeaseOver) == [true, false])
    #expect(snapshot.workers.map(\.isHeldOff) == [false, true])
    #expect(snapshot.workers.map(\.capacity) == [10, 10])
  }

  @Test("what is known of workers' lives reaches the planner")
  func lives() throws {
    let lives =
      [
        1: WorkerRegistry.Life(
          phase: .lost, lostFor: .seconds(3), isLeaseOver: true, heldOff: nil),
        2: WorkerRegistry.Life(
          phase: .ready, lostFor: nil, isLeaseOver: false, heldOff: "it comes and goes"),
      ] as [Int64: WorkerRegistry.Life]
    let sight = ClusterSight(lives, statuses: [:], now: Timestamp(microseconds: 0))
    #expect(sight.phases == [1: .lost, 2: .ready])
    #expect(sight.lostFor == [1: .seconds(3)])
    #expect(sight.overLeases == [1] && sight.heldOff == [2])
  }

  @Test("a stream's cost follows what its worker said of its pictures")
  func costs() throws {
    let status = StreamStatus(
      streamID: 1, generation: 1, phase: .streaming, message: "", codec: "h264", width: 640,
      height: 360, sourceFramesPerSecond: 9.7)
    let sight = ClusterSight(phases: [:], statuses: [1: status])
    let streams = ClusterSnapshot(try fixture().state, sight).streams
    var shape = StreamShape()
    #expect(streams[1].cost == shape.cost)
    shape.codec = "h264"
    shape.width = 640
    shape.height = 360
    shape.framesPerSecond = 10
    #expect(streams[0].cost == shape.cost)
    #expect(streams.map(\.cameraID) == [7, 7])
  }

  @Test("an assignment's age is known when the time is")
  func ages() throws {
    let state = try fixture().state
    let sight = ClusterSight(phases: [:], now: Timestamp(microseconds: 5_000_000))
    #expect(ClusterSnapshot(state, sight).streams[0].current?.age == .seconds(5))
    #expect(ClusterSnapshot(state, phases: [:]).streams[0].current?.age == nil)
  }

  @Test("the estimate of 1080p25 is what was measured, and grows with size, rate and codec")
  func estimates() {
    var shape = StreamShape()
    // 8.3 ms for decoding and 5.6 ms for JPEG, 25 times a second.
    #expect(shape.cost.camera == ResourceCost(cpuMillicores: 215, memoryMiB: 12))
    #expect(shape.cost.own == ResourceCost(streams: 1, cpuMillicores: 140, memoryMiB: 6))
    shape.maxWidth = 640
    shape.maxFramesPerSecond = 5
    #expect(shape.cost.camera.cpuMillicores == 215)
    #expect(shape.cost.own.cpuMillicores == 10)
    shape.codec = "mjpeg"
    #expect(shape.cost.camera.cpuMillicores == 120)
    shape.framesPerSecond = 0
    #expect(shape.cost.camera.cpuMillicores == 25)
  }
}
