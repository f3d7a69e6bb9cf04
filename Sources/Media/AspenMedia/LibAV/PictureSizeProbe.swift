import AspenImage
import CLibAV

/// Finds a stream's picture size in a keyframe's headers without decoding the picture.
enum PictureSizeProbe {
  /// Nil if the headers do not say.
  static func size(
    of packet: MediaPacket, _ parameters: UnsafePointer<AVCodecParameters>
  ) -> ImageSize? {
    guard let parser = av_parser_init(Int32(parameters.pointee.codec_id.rawValue)) else {
      return nil
    }
    defer { av_parser_close(parser) }
    var context = avcodec_alloc_context3(nil)
    defer { avcodec_free_context(&context) }
    guard avcodec_parameters_to_context(context, parameters) >= 0 else { return nil }
    parser.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
    var output: UnsafeMutablePointer<UInt8>?
    var outputSize: Int32 = 0
    let data = packet.handle.pointee
    av_parser_parse2(
      parser, context, &output, &outputSize, data.data, data.size, data.pts, data.dts, -1)
    let width = parser.pointee.width
    let height = parser.pointee.height
    guard width > 0, height > 0 else { return nil }
    return ImageSize(width: Int(width), height: Int(height))
  }
}
