import AspenMedia
import AspenModel
import AspenNet
import AspenWire
import Logging

/// Runs one camera pipeline a stream, as it is told. Confined to the worker's loop.
///
/// A stream's next pipeline starts when its last one has ended, since many cameras take one client only.
///
/// `@unchecked Sendable`: every method is called on `loop`; pipelines' callbacks come to it from there.
final class PipelineHost: @unchecked Sendable {
  /// What pipelines tell. Called on the loop.
  struct Events {
    let frame: (UplinkFrame) -> Void
    let status: (StreamStatus) -> Void
    /// A stream's pipeline was made, or could not be made.
    let began: (DesiredStream) -> Void
    /// A pipeline has ended: its camera's connection is closed.
    let ended: () -> Void
  }

  private struct Wanted {
    let stream: DesiredStream
    var demand: FrameDemand?
    /// Grows with every `run`, so that a pipeline knows whether it is still meant.
    let edition: Int
  }

  private struct Live {
    let pipeline: CameraPipeline
    let generation: Int64
    let edition: Int
    var isStopping = false
  }

  private let loop: EventLoop
  private let mediaDirectory: String
  private let log: Logger
  private var events: Events?
  private var wanted: [Int64: Wanted] = [:]
  private var live: [Int64: Live] = [:]
  private var lastEdition = 0

  /// A host of pipelines whose files are below `mediaDirectory`.
  init(loop: EventLoop, mediaDirectory: String, log: Logger) {
    self.loop = loop
    self.mediaDirectory = mediaDirectory
    self.log = log
  }

  /// Says who is told of frames and status.
  func begin(_ events: Events) {
    self.events = events
  }

  /// Runs a stream, in place of what runs of it.
  func run(_ stream: DesiredStream, _ demand: FrameDemand?) {
    loop.preconditionInLoop()
    lastEdition += 1
    wanted[stream.streamID] = Wanted(stream: stream, demand: demand, edition: lastEdition)
    reconcile(stream.streamID)
  }

  /// Runs a stream no more.
  func stop(streamID: Int64) {
    loop.preconditionInLoop()
    wanted[streamID] = nil
    reconcile(streamID)
  }

  /// Says what frames are wanted of a stream.
  func setDemand(streamID: Int64, _ demand: FrameDemand?) {
    loop.preconditionInLoop()
    wanted[streamID]?.demand = demand
    if let live = live[streamID], live.edition == wanted[streamID]?.edition {
      live.pipeline.setDemand(demand)
    }
  }

  /// Ends all pipelines; returns when they have ended. On the loop.
  func stopAll() async {
    wanted = [:]
    for streamID in live.keys { reconcile(streamID) }
    for pipeline in live.values.map(\.pipeline) { await pipeline.stop() }
  }

  /// The streams whose pipelines have not ended, so that their cameras' connections may be open.
  var open: [WorkerMessage.RunningStream] {
    live.map { .init(streamID: $0.key, generation: $0.value.generation) }
  }

  private func reconcile(_ streamID: Int64) {
    let wanted = wanted[streamID]
    if let current = live[streamID] {
      guard current.edition != wanted?.edition, !current.isStopping else { return }
      live[streamID]?.isStopping = true
      loop.runTask { [self] in
        await current.pipeline.stop()
        live[streamID] = nil
        events?.ended()
        reconcile(streamID)
      }
    } else if let wanted {
      start(wanted)
    }
  }

  private func start(_ wanted: Wanted) {
    let stream = wanted.stream
    do {
      let camera = try stream.camera()
      let pipeline = pipeline(stream, camera.spec, camera.credentials)
      live[stream.streamID] = Live(
        pipeline: pipeline, generation: stream.generation, edition: wanted.edition)
      pipeline.setDemand(wanted.demand)
      pipeline.start()
      events?.began(stream)
    } catch {
      log.error(
        "camera spec refused", metadata: ["stream": "\(stream.name)", "error": "\(error)"])
      events?.status(
        StreamStatus(
          streamID: stream.streamID, generation: stream.generation, phase: .failing,
          fault: .protocolError, message: "the worker cannot read the camera's spec: \(error)"))
      events?.began(stream)
    }
  }

  private func pipeline(
    _ stream: DesiredStream, _ spec: CameraSpec, _ credentials: Credentials?
  ) -> CameraPipeline {
    let latest = LatestFrame()
    let streamID = stream.streamID
    let generation = stream.generation
    return CameraPipeline(
      configuration: CameraPipelineConfiguration(
        name: stream.name, source: spec.source, credentials: credentials,
        mediaDirectory: mediaDirectory),
      log: log,
      onFrame: { [weak self, loop] frame in
        guard latest.put(frame) else { return }
        loop.execute { [weak self] in
          guard let frame = latest.take() else { return }
          self?.events?.frame(
            UplinkFrame(
              streamID: streamID, generation: generation,
              captureMicroseconds: frame.captureMicroseconds, width: frame.width,
              height: frame.height, jpeg: frame.jpeg))
        }
      },
      onStatus: { [weak self, loop] status in
        let status = StreamStatus(status, streamID: streamID, generation: generation)
        loop.execute { [weak self] in self?.events?.status(status) }
      })
  }
}

extension StreamStatus {
  /// A pipeline's status as the controller is told it.
  init(_ status: PipelineStatus, streamID: Int64, generation: Int64) {
    self.init(
      streamID: streamID, generation: generation, phase: status.phase, fault: status.fault,
      message: status.message, codec: status.codec, width: status.width, height: status.height,
      sourceFramesPerSecond: status.sourceFramesPerSecond, framesEncoded: status.framesEncoded,
      reconnects: status.reconnects, cpuMillicores: status.cpuMillicores)
  }
}
