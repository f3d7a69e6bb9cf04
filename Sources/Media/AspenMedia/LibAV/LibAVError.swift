import AspenModel
import CLibAV
import Glibc

/// An error code of libav.
struct LibAVError: Error, Hashable {
  let code: Int32

  /// libav's words for it.
  var text: String {
    var buffer = [UInt8](repeating: 0, count: 128)
    buffer.withUnsafeMutableBytes {
      _ = av_strerror(code, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The cause and the words for a camera called `peer` (`HOST:PORT`, or a file's path).
  func failure(peer: String, hasCredentials: Bool) -> CameraFailure {
    switch code {
    case aspen_averror_unauthorized(), aspen_averror_forbidden():
      CameraFailure(
        .unauthorized,
        hasCredentials
          ? "\(peer) refuses the user name or password"
          : "\(peer) asks for a user name and password")
    case aspen_averror_not_found():
      CameraFailure(.notFound, "\(peer) has no stream of this path")
    case -ECONNREFUSED:
      CameraFailure(.refused, "nothing listens at \(peer)")
    case -ETIMEDOUT:
      CameraFailure(.timeout, "\(peer) does not answer")
    case -EHOSTUNREACH, -ENETUNREACH, -EHOSTDOWN, -ENETDOWN:
      CameraFailure(.unreachable, "no way leads to \(peer): \(text)")
    case -EPROTONOSUPPORT:
      CameraFailure(.unsupportedTransport, "\(peer) does not offer this transport")
    case -ENOENT, -EACCES, -EISDIR:
      CameraFailure(.fileMissing, "\(peer) cannot be opened: \(text)")
    case aspen_averror_eof(), -ECONNRESET, -EPIPE:
      CameraFailure(.ended, "\(peer) closed the connection")
    case aspen_averror_decoder_not_found(), aspen_averror_patch_welcome():
      CameraFailure(.unsupportedCodec, "\(peer) sends a kind of video that is not supported")
    case aspen_averror_stream_not_found():
      CameraFailure(.noVideo, "\(peer) offers no video")
    default:
      CameraFailure(.protocolError, "\(peer) answers in a way that is not understood: \(text)")
    }
  }
}
