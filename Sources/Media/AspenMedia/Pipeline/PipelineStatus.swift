package import AspenModel

/// Where a camera's pipeline stands.
package struct PipelineStatus: Sendable, Hashable {
  package var phase: CameraPhase
  /// The cause while `phase` is `failing`.
  package var fault: CameraFault?
  /// The state in words for people; names the camera's host and port, never credentials.
  package var message: String
  /// FFmpeg's codec name: `h264`, `hevc`, `mjpeg`.
  package var codec: String?
  /// Pixels.
  package var width: Int?
  /// Pixels.
  package var height: Int?
  /// Measured frames a second of the camera.
  package var sourceFramesPerSecond: Double?
  /// Pictures that arrived, compressed.
  package var framesReceived: Int64 = 0
  /// Pictures decoded.
  package var framesDecoded: Int64 = 0
  /// JPEG files handed to `onFrame`, those passed through unchanged included.
  package var framesEncoded: Int64 = 0
  /// Connections begun after a failure.
  package var reconnects: Int64 = 0
  /// The CPU that the camera's thread takes, smoothed, 1000 for one CPU; nil until it is measured.
  package var cpuMillicores: Int?
  /// While `phase` is `failing`: the time from the failure to the next attempt.
  package var nextAttempt: Duration?

  /// The status before the first connection.
  package init(phase: CameraPhase, message: String) {
    self.phase = phase
    self.message = message
  }
}
