import CLibAV

/// The kinds of video that are decoded.
enum VideoCodec: Sendable, Hashable {
  case h264
  case hevc
  case mjpeg
  /// The MPEG-4 part 2 family, for files only.
  case mpeg4(String)

  /// Nil if `id` is not one of `allowed`, a list of decoder names with commas.
  init?(_ id: AVCodecID, allowed: String) {
    let name = String(cString: avcodec_get_name(id))
    switch name {
    case "h264": self = .h264
    case "hevc": self = .hevc
    case "mjpeg": self = .mjpeg
    case "mpeg4", "msmpeg4v3":
      guard allowed.contains("mpeg4") else { return nil }
      self = .mpeg4(name)
    default: return nil
    }
  }

  /// FFmpeg's name of the codec.
  var name: String {
    switch self {
    case .h264: "h264"
    case .hevc: "hevc"
    case .mjpeg: "mjpeg"
    case .mpeg4(let name): name
    }
  }

  /// Whether every picture stands alone.
  var isIntraOnly: Bool { self == .mjpeg }
}
