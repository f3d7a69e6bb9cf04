/// What a worker says of one stream that it runs.
package struct StreamStatus: Sendable, Hashable, Codable {
  package let streamID: Int64
  /// The assignment's generation that this status belongs to.
  package let generation: Int64
  package let phase: CameraPhase
  /// The cause while `phase` is `failing`.
  package let fault: CameraFault?
  /// The state in words.
  package let message: String
  /// FFmpeg's codec name: `h264`, `hevc`, `mjpeg`.
  package let codec: String?
  package let width: Int?
  package let height: Int?
  /// Measured frames a second of the camera.
  package let sourceFramesPerSecond: Double?
  /// JPEG frames made since the stream was started on this worker.
  package let framesEncoded: Int64
  package let reconnects: Int64
  /// The generation of the stream's spec by which it runs; nil from workers that do not say.
  package let specGeneration: Int64?
  /// The generation of the camera's spec by which it runs.
  package let cameraGeneration: Int64?
  /// The CPU that its pipeline takes, smoothed, 1000 for one CPU; nil while unknown.
  package let cpuMillicores: Int?

  /// A status of its parts. A measured rate that is no finite number is unknown.
  package init(
    streamID: Int64, generation: Int64, phase: CameraPhase, fault: CameraFault? = nil,
    message: String, codec: String? = nil, width: Int? = nil, height: Int? = nil,
    sourceFramesPerSecond: Double? = nil, framesEncoded: Int64 = 0, reconnects: Int64 = 0,
    specGeneration: Int64? = nil, cameraGeneration: Int64? = nil, cpuMillicores: Int? = nil
  ) {
    self.streamID = streamID
    self.generation = generation
    self.phase = phase
    self.fault = fault
    self.message = message
    self.codec = codec
    self.width = width
    self.height = height
    // JSON cannot carry infinity and not-a-number.
    self.sourceFramesPerSecond = sourceFramesPerSecond.flatMap { $0.isFinite ? $0 : nil }
    self.framesEncoded = framesEncoded
    self.reconnects = reconnects
    self.specGeneration = specGeneration
    self.cameraGeneration = cameraGeneration
    self.cpuMillicores = cpuMillicores
  }

  /// The same status of a stream that runs by these specs.
  package func applying(specGeneration: Int64?, cameraGeneration: Int64?) -> StreamStatus {
    StreamStatus(
      streamID: streamID, generation: generation, phase: phase, fault: fault, message: message,
      codec: codec, width: width, height: height, sourceFramesPerSecond: sourceFramesPerSecond,
      framesEncoded: framesEncoded, reconnects: reconnects, specGeneration: specGeneration,
      cameraGeneration: cameraGeneration, cpuMillicores: cpuMillicores)
  }

  private enum CodingKeys: String, CodingKey {
    case streamID = "stream_id"
    case generation, phase, fault, message, codec, width, height
    case sourceFramesPerSecond = "source_fps"
    case framesEncoded = "frames_encoded"
    case reconnects
    case specGeneration = "spec_generation"
    case cameraGeneration = "camera_generation"
    case cpuMillicores = "cpu_millicores"
  }
}
