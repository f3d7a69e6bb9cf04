import AspenModel
import Glibc

/// What libavformat is told to open: made of typed parts only, never of a user's text.
struct MediaInput {
  /// May hold credentials: never logged, never part of a message.
  let url: String
  /// libavformat's demuxer; nil lets it choose within `format_whitelist`.
  let formatName: String?
  let options: [(name: String, value: String)]
  let videoCodecs: String
  let isLive: Bool

  /// How RTP packets travel in one attempt.
  enum Transport: String {
    case tcp
    case udp
  }

  /// A camera at the numeric address `ip`. The Host is not sent, so the name is not needed.
  static func rtsp(
    _ address: RTSPAddress, ip: String, credentials: Credentials?, transport: Transport,
    timeout: Duration
  ) -> MediaInput {
    let host = ip.contains(":") ? "[\(ip)]" : ip
    let user = credentials.map {
      "\(percentEncoded($0.username)):\(percentEncoded($0.password.revealed))@"
    }
    var options = [
      ("rtsp_transport", transport.rawValue),
      // libavformat's own limit, on connecting and on each read, stands behind the watchdog.
      ("timeout", String(timeout.microseconds + 2_000_000)),
      ("allowed_media_types", "video"),
      ("protocol_whitelist", "rtsp,rtp,udp,tcp"),
      ("format_whitelist", "rtsp"),
      ("max_streams", "4"),
      ("user_agent", "ASPEN"),
    ]
    if transport == .udp {
      options += [("rtsp_flags", "filter_src"), ("buffer_size", "1048576")]
    }
    return MediaInput(
      url: "rtsp://\(user ?? "")\(host):\(address.port)\(address.pathAndQuery)",
      formatName: "rtsp", options: options, videoCodecs: "h264,hevc,mjpeg", isLive: true)
  }

  /// A regular file below the worker's media directory. A pipe or device could block for ever.
  static func file(
    _ path: MediaFilePath, directory: String
  ) throws(CameraFailure) -> MediaInput {
    let full = directory.isEmpty ? path.text : directory + "/" + path.text
    var status = stat()
    guard stat(full, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CameraFailure(.fileMissing, "the worker's media directory has no file \(path)")
    }
    // libavformat takes these for a pipe of single pictures.
    let isBareMJPEG = path.text.hasSuffix(".mjpeg") || path.text.hasSuffix(".mjpg")
    return MediaInput(
      url: "file:" + full, formatName: isBareMJPEG ? "mjpeg" : nil,
      options: [
        ("protocol_whitelist", "file"),
        ("format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mjpeg"),
        ("max_streams", "16"),
      ], videoCodecs: "h264,hevc,mjpeg,mpeg4,msmpeg4", isLive: false)
  }

  /// RFC 3986 2.1: everything but unreserved characters.
  static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
      default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
