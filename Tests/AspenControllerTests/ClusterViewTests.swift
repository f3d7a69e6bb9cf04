import AspenAPI
import AspenModel
import Testing

@testable import AspenController

@Suite("The view of the cluster")
struct ClusterViewTests {
  private static let time = Timestamp(microseconds: 0)

  private func metadata(_ id: Int64, _ name: String) throws -> ResourceMetadata {
    ResourceMetadata(
      id: id, name: try ObjectName(name), labels: Labels(), generation: 1, resourceVersion: 1,
      createdAt: Self.time, updatedAt: Self.time)
  }

  /// Stream 1 on worker 7 at generation 3.
  private func makeView() throws -> (view: ClusterView, board: StatusBoard, stream: Stream) {
    let registry = WorkerRegistry(
      limits: .init(
        startGrace: .seconds(60), reconnectGrace: .seconds(1), lease: .seconds(60)),
      onChange: {})
    let board = StatusBoard()
    let view = ClusterView(registry: registry, board: board)
    let stream = Stream(
      metadata: try metadata(1, "yard"), spec: StreamSpec(camera: try ObjectName("yard")),
      cameraID: 1)
    let assignment = Assignment(
      streamID: 1, streamName: try ObjectName("yard"), workerID: 7,
      workerName: try ObjectName("w7"), generation: 3, reason: "it fits", assignedAt: Self.time)
    view.publish(
      ClusterView.Snapshot(streams: [1: stream], assignments: [1: assignment], workerIDs: [7]))
    return (view, board, stream)
  }

  private func status(_ streamID: Int64, generation: Int64) -> StreamStatus {
    StreamStatus(
      streamID: streamID, generation: generation, phase: .streaming, message: "h264")
  }

  @Test("a worker speaks only for streams that are assigned to it, at their generation")
  func own() throws {
    let view = try makeView().view
    let said = [status(1, generation: 2), status(1, generation: 3), status(1, generation: 99)]
    #expect(view.own(said, of: 7) == [status(1, generation: 3)])
    #expect(view.own(said, of: 8) == [])
    #expect(view.own([status(2, generation: 1)], of: 7) == [])
  }

  @Test("a stream of a worker that is not heard of is unknown, whatever was said before")
  func unheard() throws {
    let (view, board, stream) = try makeView()
    board.update([status(1, generation: 3)])
    let shown = view.view(of: stream, viewers: 0)
    #expect(shown.phase == .unknown)
    #expect(shown.message.contains("w7"))
  }

  @Test("a disabled stream is stopped and an unassigned one says why")
  func notRunning() throws {
    let (view, _, stream) = try makeView()
    let disabled = Stream(
      metadata: stream.metadata,
      spec: StreamSpec(camera: stream.spec.camera, isEnabled: false), cameraID: 1)
    #expect(view.view(of: disabled, viewers: 0).phase == .stopped)
    view.publish(ClusterView.Snapshot(streams: [1: stream], unplaced: [1: "all are full"]))
    let shown = view.view(of: stream, viewers: 0)
    #expect(shown.phase == .unassigned)
    #expect(shown.message.contains("all are full"))
  }
}
