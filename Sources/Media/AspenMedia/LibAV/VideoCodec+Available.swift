import CLibAV

extension VideoCodec {
  /// FFmpeg's names of the kinds of video of cameras that this machine's libavcodec decodes.
  static var available: [String] {
    [("h264", AV_CODEC_ID_H264), ("hevc", AV_CODEC_ID_HEVC), ("mjpeg", AV_CODEC_ID_MJPEG)]
      .filter { avcodec_find_decoder($0.1) != nil }.map(\.0)
  }
}

/// What this module can do on this machine.
package enum MediaAbilities {
  /// FFmpeg's names of the kinds of video of cameras that can be decoded.
  package static var codecs: [String] { VideoCodec.available }
}
