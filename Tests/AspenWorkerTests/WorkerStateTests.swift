import AspenModel
import AspenWire
import Testing

@testable import AspenWorker

@Suite("WorkerState")
struct WorkerStateTests {
  private var state = WorkerState()

  private func stream(
    _ id: Int64, generation: Int64 = 1, path: String = "clip.avi", maxFPS: Double? = nil,
    maxWidth: Int? = nil, specs: Int64? = nil
  ) throws -> DesiredStream {
    DesiredStream(
      streamID: id, name: "stream-\(id)", generation: generation,
      cameraSpec: CameraSpec(source: .file(try MediaFilePath(path, field: "path")), username: nil),
      password: nil, maxFramesPerSecond: maxFPS, maxWidth: maxWidth,
      specGeneration: specs, cameraGeneration: specs.map { $0 * 10 })
  }

  private func demand(_ id: Int64, fps: Double? = nil, width: Int? = nil)
    -> ControllerMessage.StreamDemand
  {
    .init(streamID: id, demand: FrameDemand(framesPerSecond: fps, width: width))
  }

  private static let address = try? ControllerAddress("http://10.0.0.1:8480")

  private mutating func follow(
    _ revision: Int64, epoch: Int64 = 1, _ streams: [DesiredStream]
  ) -> [WorkerState.Action] {
    state.follow(
      .init(version: .init(epoch: epoch, revision: revision), streams: streams), at: .now)
  }

  private mutating func want(
    _ revision: Int64, _ streams: [ControllerMessage.StreamDemand]
  ) throws -> [WorkerState.Action] {
    let address = try #require(Self.address)
    return state.follow(.init(revision: revision, streams: streams), from: address)
  }

  private func hasDemand() throws -> Bool {
    state.hasDemand(of: try #require(Self.address))
  }

  @Test("a desired stream is run, and the same set again changes nothing")
  mutating func runsOnce() throws {
    let one = try stream(1)
    #expect(follow(1, [one]) == [.run(one, nil)])
    #expect(follow(2, [one]) == [])
    #expect(state.running(open: []) == [.init(streamID: 1, generation: 1)])
    #expect(state.version.revision == 2)
  }

  @Test("a stream that is not in the set is stopped")
  mutating func stopsMissing() throws {
    _ = follow(1, [try stream(1), try stream(2)])
    #expect(follow(2, [try stream(2)]) == [.stop(streamID: 1)])
    #expect(state.running(open: []).map(\.streamID) == [2])
  }

  @Test("a lost message is healed by the next full set")
  mutating func healsLostMessage() throws {
    _ = follow(1, [try stream(1)])
    // Revision 2 (stop 1, run 2) is lost.
    let three = try stream(3)
    let two = try stream(2)
    let actions = follow(3, [two, three])
    #expect(actions == [.stop(streamID: 1), .run(two, nil), .run(three, nil)])
  }

  @Test("a lower version is ignored, and a lost connection stops nothing")
  mutating func ignoresLowerVersion() throws {
    _ = follow(5, [try stream(1)])
    #expect(follow(4, []) == [])
    state.connected(to: try #require(Self.address))
    #expect(follow(4, []) == [])
    #expect(state.running(open: []).count == 1)
    #expect(follow(6, []) == [.stop(streamID: 1)])
  }

  @Test("a higher generation replaces the pipeline")
  mutating func replaces() throws {
    _ = follow(1, [try stream(1)])
    let next = try stream(1, generation: 2)
    #expect(follow(2, [next]) == [.run(next, nil)])
    #expect(state.generation(of: 1) == 2)
  }

  @Test("a lower generation is refused while a higher one runs")
  mutating func refusesLower() throws {
    _ = follow(1, [try stream(1, generation: 7)])
    let old = try stream(1, generation: 6)
    #expect(follow(2, [old]) == [.refuse(old, seen: 7)])
    #expect(state.generation(of: 1) == 7)
  }

  @Test("a lower generation is refused even after the stream has left")
  mutating func refusesLowerAfterLeaving() throws {
    _ = follow(1, [try stream(1, generation: 7)])
    _ = follow(2, [])
    let old = try stream(1, generation: 6)
    #expect(follow(3, [old]) == [.refuse(old, seen: 7)])
    #expect(state.running(open: []) == [])
  }

  @Test("what a restored database says is followed, in its higher epoch")
  mutating func restored() throws {
    _ = follow(90, [try stream(1, generation: 7), try stream(2, generation: 3)])
    let (restored, same) = (try stream(1, generation: 5), try stream(2, generation: 3))
    #expect(follow(40, epoch: 2, [restored, same]) == [.run(restored, nil)])
    #expect(follow(91, [try stream(1, generation: 8)]) == [])
    #expect(state.generation(of: 1) == 5)
  }

  @Test("another camera at the same generation replaces the pipeline")
  mutating func replacesChangedCamera() throws {
    _ = follow(1, [try stream(1)])
    let other = try stream(1, path: "other.avi")
    #expect(follow(2, [other]) == [.run(other, nil)])
  }

  @Test("demand is limited by the stream's own limits")
  mutating func limitsDemand() throws {
    _ = follow(1, [try stream(1, maxFPS: 5, maxWidth: 640)])
    #expect(try !hasDemand())
    let all = try want(1, [demand(1)])
    #expect(
      all == [.setDemand(streamID: 1, FrameDemand(framesPerSecond: 5, width: 640))])
    #expect(try hasDemand())
    let less = try want(2, [demand(1, fps: 2, width: 1920)])
    #expect(
      less == [.setDemand(streamID: 1, FrameDemand(framesPerSecond: 2, width: 640))])
  }

  @Test("changed limits change the demand and leave the pipeline running")
  mutating func changesLimits() throws {
    _ = follow(1, [try stream(1)])
    _ = try want(1, [demand(1)])
    let actions = follow(2, [try stream(1, maxFPS: 5)])
    #expect(
      actions == [.setDemand(streamID: 1, FrameDemand(framesPerSecond: 5, width: nil))])
  }

  @Test("demand that came before its stream is met when the stream starts")
  mutating func remembersDemand() throws {
    #expect(try want(1, [demand(1, fps: 3)]) == [])
    #expect(try !hasDemand())
    let one = try stream(1)
    let actions = follow(1, [one])
    #expect(actions == [.run(one, FrameDemand(framesPerSecond: 3, width: nil))])
  }

  @Test("demand that is not in the next full set ends")
  mutating func endsDemand() throws {
    _ = follow(1, [try stream(1), try stream(2)])
    _ = try want(1, [demand(1), demand(2)])
    let actions = try want(2, [demand(2)])
    let address = try #require(Self.address)
    #expect(actions == [.setDemand(streamID: 1, nil)])
    #expect(state.endDemand(of: address) == [.setDemand(streamID: 2, nil)])
    #expect(try !hasDemand())
  }

  @Test("a changed phase is told soon, a number later, an old pipeline's status never")
  mutating func judgesStatus() throws {
    _ = follow(1, [try stream(1, generation: 2)])
    func status(_ phase: CameraPhase, generation: Int64 = 2, frames: Int64 = 0) -> StreamStatus {
      StreamStatus(
        streamID: 1, generation: generation, phase: phase, message: "", framesEncoded: frames)
    }
    #expect(state.update(status(.streaming)) == .soon)
    #expect(state.update(status(.streaming, frames: 9)) == .regular)
    #expect(state.update(status(.failing, generation: 1)) == .never)
    #expect(state.statuses == [status(.streaming, frames: 9)])
  }

  @Test("a worker that its controller has dismissed stops all and keeps its fences")
  mutating func dismissed() throws {
    _ = follow(1, [try stream(1, generation: 4)])
    #expect(state.dismissed() == [.stop(streamID: 1)])
    let old = try stream(1, generation: 3)
    #expect(follow(1, [old]) == [.refuse(old, seen: 4)])
  }

  @Test("a stream that was stopped counts as running until its pipeline has ended")
  mutating func stopsLater() throws {
    _ = follow(1, [try stream(1), try stream(2, generation: 5)])
    let open: [WorkerMessage.RunningStream] = [
      .init(streamID: 1, generation: 1), .init(streamID: 2, generation: 5),
    ]
    _ = follow(2, [try stream(1)])
    #expect(state.running(open: open) == open)
    #expect(state.running(open: Array(open.prefix(1))).map(\.streamID) == [1])
  }

  @Test("a stream that shall run at a new generation is told at that one while the old one ends")
  mutating func restartsLater() throws {
    _ = follow(1, [try stream(1, generation: 4)])
    _ = follow(2, [try stream(1, generation: 6)])
    let open = [WorkerMessage.RunningStream(streamID: 1, generation: 4)]
    #expect(state.running(open: open) == [.init(streamID: 1, generation: 6)])
  }

  @Test("a status says by which specs the stream runs, once its pipeline has begun")
  mutating func appliedSpecs() throws {
    let first = try stream(1, specs: 3)
    _ = follow(1, [first])
    #expect(state.statuses.map(\.specGeneration) == [nil])
    state.began(first)
    #expect(state.statuses.map(\.specGeneration) == [3])
    #expect(state.statuses.map(\.cameraGeneration) == [30])
  }

  @Test("changed limits are applied at once, a changed camera when its new pipeline has begun")
  mutating func changedSpecs() throws {
    let first = try stream(1, specs: 1)
    _ = follow(1, [first])
    state.began(first)
    _ = follow(2, [try stream(1, maxFPS: 5, specs: 2)])
    #expect(state.statuses.map(\.specGeneration) == [2])
    let other = try stream(1, path: "other.avi", specs: 3)
    _ = follow(3, [other])
    #expect(state.statuses.map(\.specGeneration) == [2], "the old camera still runs")
    state.began(first)
    #expect(state.statuses.map(\.specGeneration) == [2], "a pipeline that is not meant any more")
    state.began(other)
    #expect(state.statuses.map(\.specGeneration) == [3])
    #expect(state.statuses.map(\.cameraGeneration) == [30])
  }

  @Test("limits that change before the pipeline begins are applied with it")
  mutating func earlyLimits() throws {
    let first = try stream(1, specs: 1)
    _ = follow(1, [first])
    _ = follow(2, [try stream(1, maxFPS: 5, specs: 2)])
    #expect(state.statuses.map(\.specGeneration) == [nil])
    state.began(first)
    #expect(state.statuses.map(\.specGeneration) == [2])
  }
}
