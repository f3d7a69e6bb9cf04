import AspenModel
import CLibAV
import Glibc

/// A libavcodec decoder on the calling thread. Owns its context and one frame.
final class VideoDecoder {
  /// 12 megapixels, the largest common cameras; a decoder holds up to 17 pictures.
  private static let maxPixels = "12582912"

  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var frame: UnsafeMutablePointer<AVFrame>?

  /// A decoder for a stream; `allowed` lists the names of decoders with commas.
  ///
  /// One thread: frame threads would delay pictures, and a worker has many cameras anyway.
  init(
    _ parameters: UnsafePointer<AVCodecParameters>, allowed: String
  ) throws(LibAVError) {
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw LibAVError(code: aspen_averror_decoder_not_found())
    }
    frame = av_frame_alloc()
    context = avcodec_alloc_context3(codec)
    guard context != nil, frame != nil else { throw LibAVError(code: -ENOMEM) }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "threads", "1", 0)
    av_dict_set(&options, "max_pixels", Self.maxPixels, 0)
    av_dict_set(&options, "codec_whitelist", allowed, 0)
    var code = avcodec_parameters_to_context(context, parameters)
    if code >= 0 { code = avcodec_open2(context, codec, &options) }
    guard code >= 0, av_dict_count(options) == 0 else {
      throw LibAVError(code: min(code, -EINVAL))
    }
  }

  deinit {
    av_frame_free(&frame)
    avcodec_free_context(&context)
  }

  /// Decodes one packet and calls `body` with each picture that is ready, in order of display.
  ///
  /// The picture is valid during the call. Returns false if the decoder refused the packet.
  func decode(
    _ packet: MediaPacket, _ body: (UnsafeMutablePointer<AVFrame>) throws(CameraFailure) -> Void
  ) throws(CameraFailure) -> Bool {
    context?.pointee.reordered_opaque = packet.arrival
    let code = avcodec_send_packet(context, packet.handle)
    try receive(body)
    return code >= 0
  }

  /// Calls `body` with the pictures held back for reordering. Only a keyframe may follow.
  func drain(
    _ body: (UnsafeMutablePointer<AVFrame>) throws(CameraFailure) -> Void
  ) throws(CameraFailure) {
    avcodec_send_packet(context, nil)
    defer { avcodec_flush_buffers(context) }
    try receive(body)
  }

  private func receive(
    _ body: (UnsafeMutablePointer<AVFrame>) throws(CameraFailure) -> Void
  ) throws(CameraFailure) {
    while let frame, avcodec_receive_frame(context, frame) >= 0 {
      try body(frame)
    }
  }
}
