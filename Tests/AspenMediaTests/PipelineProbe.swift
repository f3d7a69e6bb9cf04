import AspenMedia
import AspenModel
import AspenTelemetry
import AspenTestSupport
import Logging
import Testing

/// A camera pipeline whose frames and statuses a test can look at.
final class PipelineProbe: Sendable {
  let pipeline: CameraPipeline
  let frames = Collected<[EncodedFrame]>()
  let statuses = Collected<[PipelineStatus]>()
  let logLines: Collected<[String]>

  init(
    _ source: CameraSource, credentials: Credentials? = nil, mediaDirectory: String = "",
    timeout: Duration = .seconds(10), demand: FrameDemand? = nil
  ) {
    let configuration = CameraPipelineConfiguration(
      name: "yard", source: source, credentials: credentials, mediaDirectory: mediaDirectory,
      connectTimeout: timeout, stallTimeout: timeout)
    let lines = Collected<[String]>()
    logLines = lines
    pipeline = CameraPipeline(
      configuration: configuration,
      log: Log.make("test", level: .trace) { lines.append($0) },
      onFrame: { [frames] in frames.append($0) }, onStatus: { [statuses] in statuses.append($0) })
    pipeline.setDemand(demand)
    pipeline.start()
  }

  /// A camera at an address as a user writes it.
  convenience init(
    _ address: String, _ transport: CameraTransport = .tcp, timeout: Duration = .seconds(10),
    demand: FrameDemand? = nil
  ) throws {
    let (parsed, credentials) = try RTSPAddress.parse(address, field: "/address")
    self.init(
      .rtsp(parsed, transport), credentials: credentials, timeout: timeout, demand: demand)
  }

  var last: PipelineStatus? { statuses.value.last }

  /// The first frame of the wanted size, or any.
  func frame(of size: (Int, Int)? = nil) async throws -> EncodedFrame {
    let fits = { (frame: EncodedFrame) in
      size.map { frame.width == $0.0 && frame.height == $0.1 } ?? true
    }
    try await waitUntil("a frame (\(last?.message ?? "no status"))", deadline: .seconds(40)) {
      frames.value.contains(where: fits)
    }
    return frames.value.first(where: fits) ?? frames.value[0]
  }

  /// Waits until a status fits.
  @discardableResult
  func status(
    _ what: String, deadline: Duration = .seconds(40),
    _ fits: @escaping @Sendable (PipelineStatus) -> Bool
  ) async throws -> PipelineStatus {
    try await waitUntil(what, deadline: deadline) { statuses.value.contains(where: fits) }
    return statuses.value.first(where: fits) ?? statuses.value[0]
  }

  /// The status once `count` frames more than now have arrived.
  func later(byFrames count: Int64) async throws -> PipelineStatus {
    let now = last?.framesReceived ?? 0
    try await waitUntil("\(count) frames more", deadline: .seconds(40)) {
      (last?.framesReceived ?? 0) >= now + count
    }
    return try #require(last)
  }

  /// Waits until the camera fails; returns the fault and the words for it.
  func failure() async throws -> (fault: CameraFault?, message: String) {
    let status = try await status("a failure") { $0.phase == .failing }
    return (status.fault, status.message)
  }
}
