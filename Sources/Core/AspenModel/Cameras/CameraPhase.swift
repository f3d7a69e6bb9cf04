/// Where a camera's connection stands.
package enum CameraPhase: String, Sendable, Hashable, CaseIterable, Codable {
  /// No worker has it yet.
  case unassigned
  /// A worker opens it; may go to `streaming`, `failing` or `stopped`.
  case connecting
  /// Packets arrive; may go to `failing` or `stopped`.
  case streaming
  /// The last attempt failed; the next follows after the back-off. May go to `connecting`, `stopped`.
  case failing
  /// Not wanted.
  case stopped
  /// Its worker is not heard of.
  case unknown
}

/// Why a camera gives no pictures.
package enum CameraFault: String, Sendable, Hashable, CaseIterable, Codable {
  case resolution = "host_not_found"
  case refused
  case unreachable
  case timeout
  case unauthorized
  case notFound = "not_found"
  case fileMissing = "file_missing"
  case noVideo = "no_video"
  case unsupportedCodec = "unsupported_codec"
  case unsupportedTransport = "unsupported_transport"
  case noKeyframe = "no_keyframe"
  case decodeErrors = "decode_errors"
  case stalled
  case ended
  case protocolError = "protocol_error"
}
