import AspenAPI
import AspenModel
import AspenStore
import Synchronization
import Testing

@testable import AspenController

@Suite("The view of the cluster")
struct ClusterViewTests {
  /// A view whose time and workers are the test's.
  private final class Cluster: Sendable {
    private struct State {
      var now: Int64 = 0
      var phases: [Int64: WorkerPhase] = [:]
      var held: Set<Int64> = []
      var hearers: [Int64: ObjectName] = [:]
      var heldOff: String?
      var resources: WorkerResources?
    }

    private let state = Mutex(State())
    let board = StatusBoard()

    var view: ClusterView {
      ClusterView(
        workers: ClusterView.Workers(
          phases: { ids in
            self.state.withLock { state in
              Dictionary(uniqueKeysWithValues: ids.map { ($0, state.phases[$0] ?? .lost) })
            }
          },
          lastHeard: { _ in nil }, heldStreams: { _ in self.state.withLock { $0.held } },
          mayRun: { id in self.state.withLock { $0.held.contains(id) } },
          onlyHearer: { id in self.state.withLock { $0.hearers[id] } },
          heldOff: { _ in self.state.withLock { $0.heldOff } },
          resources: { _ in self.state.withLock { $0.resources } }),
        board: board, now: { self.state.withLock { Timestamp(microseconds: $0.now) } })
    }

    func set(_ phase: WorkerPhase, of worker: Int64) {
      state.withLock { $0.phases[worker] = phase }
    }
    func holdOff(_ reason: String) { state.withLock { $0.heldOff = reason } }
    func say(_ resources: WorkerResources) { state.withLock { $0.resources = resources } }
    func hear(_ worker: Int64, through controller: ObjectName) {
      state.withLock { $0.hearers[worker] = controller }
    }
    func hold(_ streams: Set<Int64>) { state.withLock { $0.held = streams } }
    func advance() { state.withLock { $0.now += 1_000_000 } }
  }

  private let cluster = Cluster()

  /// Stream 1 of camera 5 on worker 7 at generation 3; its spec is at 4, its camera's at 6.
  private func snapshot() throws -> ClusterView.Snapshot {
    ClusterView.Snapshot(
      streams: [1: try stream()], assignments: [1: try assignment(1)], workerIDs: [7],
      cameraGenerations: [5: 6], workerGenerations: [7: 2])
  }

  private func stream(_ id: Int64 = 1, isEnabled: Bool = true) throws -> Stream {
    Stream(
      metadata: try SchedulingFixture.metadata(id, "s\(id)", generation: 4),
      spec: StreamSpec(camera: try ObjectName("yard"), isEnabled: isEnabled), cameraID: 5)
  }

  private func assignment(
    _ id: Int64, previous: Assignment.Owner? = nil
  ) throws -> Assignment {
    Assignment(
      streamID: id, streamName: try ObjectName("s\(id)"), workerID: 7,
      workerName: try ObjectName("w7"), generation: 3, reason: "it fits",
      assignedAt: Timestamp(microseconds: 0), previous: previous)
  }

  private func status(
    _ streamID: Int64 = 1, generation: Int64 = 3, phase: CameraPhase = .streaming,
    fault: CameraFault? = nil, spec: Int64? = nil, camera: Int64? = nil
  ) -> StreamStatus {
    StreamStatus(
      streamID: streamID, generation: generation, phase: phase, fault: fault, message: "h264",
      specGeneration: spec, cameraGeneration: camera)
  }

  private func words(_ shown: StreamView) -> [String] {
    shown.conditions.map { "\($0.kind.rawValue) \($0.status.rawValue) \($0.reason.text)" }
  }

  @Test("a worker speaks only for streams that are assigned to it, at their generation")
  func own() throws {
    let view = cluster.view
    view.publish(try snapshot())
    let said = [status(generation: 2), status(generation: 3), status(generation: 99)]
    #expect(view.own(said, of: 7) == [status(generation: 3)])
    #expect(view.own(said, of: 8) == [])
    #expect(view.own([status(2, generation: 1)], of: 7) == [])
    view.heard(said, of: 8)
    #expect(cluster.board.status(of: 1, generation: 3) == nil)
    view.heard(said, of: 7)
    #expect(cluster.board.status(of: 1, generation: 3) != nil)
  }

  @Test(
    "while a stream is handed over its old worker speaks for it, until the new one has pictures")
  func handover() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    var state = try snapshot()
    let old = Assignment.Owner(workerID: 8, workerName: try ObjectName("w8"), generation: 2)
    state.assignments[1] = try assignment(1, previous: old)
    view.publish(state)
    #expect(!view.heard([status(generation: 2)], of: 8))
    #expect(!view.heard([status(phase: .connecting)], of: 7))
    #expect(view.view(of: try stream(), viewers: 0).phase == .streaming)
    #expect(view.drainProgress(workerID: 8).remaining == 1)
    #expect(view.heard([status()], of: 7))
    #expect(!view.heard([status(generation: 2, phase: .failing)], of: 8))
    #expect(view.view(of: try stream(), viewers: 0).phase == .streaming)
    state.assignments[1] = try assignment(1)
    view.publish(state)
    #expect(view.drainProgress(workerID: 8).remaining == 0)
  }

  @Test("a stream of a worker that is not heard of is unknown, whatever was said before")
  func unheard() throws {
    let view = cluster.view
    view.publish(try snapshot())
    view.heard([status()], of: 7)
    let lost = view.view(of: try stream(), viewers: 0)
    #expect(lost.phase == .unknown)
    #expect(lost.message.contains("w7"))
    #expect(words(lost) == ["Placed false WorkerLost", "Streaming unknown WorkerLost"])
    cluster.set(.expected, of: 7)
    let expected = view.view(of: try stream(), viewers: 0)
    #expect(
      words(expected) == ["Placed unknown WorkerExpected", "Streaming unknown WorkerExpected"])
  }

  @Test("a disabled stream is stopped and an unassigned one says why")
  func notRunning() throws {
    let view = cluster.view
    let disabled = view.view(of: try stream(isEnabled: false), viewers: 0)
    #expect(disabled.phase == .stopped)
    #expect(words(disabled) == ["Placed false Disabled", "Streaming false Disabled"])
    let new = view.view(of: try stream(), viewers: 0)
    #expect(words(new) == ["Placed false Pending", "Streaming false NotPlaced"])
    #expect(new.observedGeneration == nil)
    view.publish(ClusterView.Snapshot(streams: [1: try stream()], unplaced: [1: "all are full"]))
    let shown = view.view(of: try stream(), viewers: 0)
    #expect(shown.phase == .unassigned)
    #expect(shown.message.contains("all are full"))
    #expect(words(shown) == ["Placed false NoFeasibleWorker", "Streaming false NotPlaced"])
    #expect(shown.observedGeneration == 4, "nothing runs by it")
  }

  @Test(
    "a running stream's conditions follow its worker's words, with the camera's fault as reason")
  func running() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    view.publish(try snapshot())
    func now() throws -> [String] { words(view.view(of: try stream(), viewers: 0)) }
    #expect(try now() == ["Placed true Assigned", "Streaming false Connecting"])
    view.heard([status()], of: 7)
    #expect(try now() == ["Placed true Assigned", "Streaming true Receiving"])
    view.heard([status(phase: .failing, fault: .unauthorized)], of: 7)
    #expect(try now() == ["Placed true Assigned", "Streaming false Unauthorized"])
    view.heard([status(phase: .failing, fault: .resolution)], of: 7)
    #expect(try now() == ["Placed true Assigned", "Streaming false HostNotFound"])
    var stuck = try snapshot()
    stuck.stuck = [1: "worker w7 is draining, and no other can take it"]
    view.publish(stuck)
    #expect(try now().first == "Placed true WorkerDraining")
  }

  @Test("a stream that is being deleted says what it waits for")
  func deleting() throws {
    let view = cluster.view
    var deleting = try snapshot()
    deleting.deleting = [1: "worker w7 is stopping it"]
    view.publish(deleting)
    let shown = view.view(of: try stream(), viewers: 0)
    #expect(shown.phase == .stopped)
    #expect(shown.message == "it is being deleted: worker w7 is stopping it")
    #expect(
      words(shown) == ["Placed false DeletionRequested", "Streaming false DeletionRequested"])
    #expect(view.mayRun(1) && !view.mayRun(2))
    cluster.hold([2])
    #expect(view.mayRun(2))
  }

  @Test("since says when a condition changed its status, not when somebody looked")
  func since() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    view.publish(try snapshot())
    cluster.advance()
    view.heard([status()], of: 7)
    cluster.advance()
    view.heard([status()], of: 7)
    view.publish(try snapshot())
    cluster.advance()
    func since(_ kind: Condition.Kind) throws -> Int64? {
      view.view(of: try stream(), viewers: 0).conditions.first { $0.kind == kind }?.since?
        .microseconds
    }
    #expect(try since(.placed) == 0)
    #expect(try since(.streaming) == 1_000_000)
    view.heard([status(phase: .failing, fault: .refused)], of: 7)
    cluster.advance()
    view.heard([status(phase: .failing, fault: .stalled)], of: 7)
    #expect(try since(.streaming) == 3_000_000, "another reason is no other status")
    view.publish(ClusterView.Snapshot())
    view.publish(try snapshot())
    #expect(try since(.placed) == 4_000_000, "a stream that was gone is another one")
  }

  @Test("a stream's observed generation is the one by which its worker runs it")
  func observedGeneration() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    view.publish(try snapshot())
    let camera = try SchedulingFixture.metadata(5, "yard", generation: 6)
    func observed() throws -> [Int64?] {
      [
        view.view(of: try stream(), viewers: 0).observedGeneration,
        view.view(ofCamera: camera, streams: [try stream()], viewers: [:]).observedGeneration,
      ]
    }
    #expect(try observed() == [nil, nil])
    view.heard([status(spec: 3, camera: 5)], of: 7)
    #expect(try observed() == [3, 5])
    view.heard([status(spec: 4, camera: 6)], of: 7)
    #expect(try observed() == [4, 6])
    cluster.set(.lost, of: 7)
    #expect(try observed() == [4, 6], "it is not known to have changed")
  }

  @Test("a camera's spec is applied when all of its running streams follow it")
  func cameraGeneration() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    var two = try snapshot()
    two.streams[2] = try stream(2)
    two.assignments[2] = try assignment(2)
    view.publish(two)
    let camera = try SchedulingFixture.metadata(5, "yard", generation: 6)
    func observed(_ streams: [Stream]) -> Int64? {
      view.view(ofCamera: camera, streams: streams, viewers: [:]).observedGeneration
    }
    let both = [try stream(1), try stream(2)]
    view.heard([status(1, camera: 6)], of: 7)
    #expect(observed(both) == nil)
    view.heard([status(2, camera: 5)], of: 7)
    #expect(observed(both) == 5)
    view.heard([status(2, camera: 6)], of: 7)
    #expect(observed(both) == 6)
    #expect(observed([try stream(3, isEnabled: false)]) == 6, "nothing runs by an older one")
    #expect(observed([]) == 6)
  }

  @Test("a worker's view says whether it is ready and by which spec it is treated")
  func workers() throws {
    cluster.set(.ready, of: 7)
    let view = cluster.view
    view.publish(try snapshot())
    let worker = Worker(
      metadata: try SchedulingFixture.metadata(7, "w7", generation: 3), capacityStreams: 4,
      isCordoned: false, isDraining: true, version: "1", lastSeenAt: nil)
    let shown = try #require(view.views(of: [worker]).first)
    #expect(shown.streamCount == 1 && shown.observedGeneration == 2)
    #expect(shown.message.contains("go to others"))
    #expect(shown.conditions.map(\.reason) == [.connected])
    cluster.hear(7, through: try ObjectName("c2"))
    let elsewhere = try #require(view.views(of: [worker]).first)
    #expect(elsewhere.message.hasPrefix("connected to controller c2 only"))
    cluster.set(.lost, of: 7)
    let lost = try #require(view.views(of: [worker]).first)
    #expect(lost.conditions.map(\.status) == [.fails])
    #expect(lost.conditions.first?.json["reason"] == "WorkerLost")
  }

  @Test("a worker's view tells what its machine has, and why it gets no new streams")
  func workerAbilities() throws {
    cluster.set(.ready, of: 7)
    let resources = WorkerResources(
      cpuMillicores: 1500, memoryMiB: 2048, accelerators: [], codecs: ["h264"])
    cluster.say(resources)
    cluster.holdOff("it broke off 3 times")
    let worker = Worker(
      metadata: try SchedulingFixture.metadata(7, "w7", generation: 3), capacityStreams: 4,
      isCordoned: false, isDraining: false, version: "1", lastSeenAt: nil)
    let shown = try #require(cluster.view.views(of: [worker]).first)
    #expect(shown.resources == resources)
    #expect(shown.message == "connected; it broke off 3 times")
    let json = JSONValue.object(compacting: shown.members)
    #expect(json["resources"]?["memory_mib"]?.wholeNumber == 2048)
    #expect(json["resources"]?["codecs"]?.elements == [.string("h264")])
  }

  @Test("a drain is over when nothing is assigned to the worker and nothing runs there any more")
  func drainProgress() throws {
    let view = cluster.view
    var draining = try snapshot()
    draining.streams[2] = try stream(2)
    draining.assignments[2] = try assignment(2)
    draining.stuck = [2: "all are full"]
    view.publish(draining)
    cluster.hold([1, 9])
    let progress = view.drainProgress(workerID: 7)
    #expect(progress.remaining == 3)
    #expect(progress.stuck == ["s2: all are full"])
    view.publish(ClusterView.Snapshot(streams: [1: try stream()]))
    #expect(view.drainProgress(workerID: 7).remaining == 2)
    cluster.hold([])
    #expect(view.drainProgress(workerID: 7).remaining == 0)
  }

  @Test("an explanation names every worker")
  func explain() throws {
    cluster.set(.ready, of: 1)
    var fixture = SchedulingFixture()
    try fixture.addWorker(1, capacity: 3)
    try fixture.addWorker(2)
    try fixture.addStream(1, on: 1)
    try fixture.addStream(2, site: "hq")
    let view = cluster.view
    view.publish(
      ClusterView.Snapshot(
        streams: [1: fixture.streams[0].stream, 2: fixture.streams[1].stream],
        assignments: [1: fixture.assignments[0]], workerIDs: [1, 2],
        cluster: .init(fixture.state, phases: [1: .ready, 2: .lost])))
    #expect(
      view.explain(fixture.streams[0].stream).serializedText
        == #"{"stream":"s1","phase":"connecting","worker":"w1","reason":"it fits","candidates":["#
        + #"{"worker":"w1","feasible":true,"reasons":[],"merits":[],"free_streams":2},"#
        + #"{"worker":"w2","feasible":false,"reasons":["is lost"],"merits":[],"free_streams":10}]}"#
    )
    let homeless = view.explain(fixture.streams[1].stream)
    #expect(homeless["worker"] == nil)
    #expect(homeless["phase"] == "unassigned")
    #expect(
      homeless["reason"]
        == "no worker is at the camera's site 'hq' (2 workers considered)")
  }
}
