import AspenImage
import AspenModel
import CLibAV
import Glibc

/// Turns pictures of unusual formats (10-bit, NV12, grey) into full-range 4:2:0 by libswscale.
final class PictureConverter {
  /// What a converter is made for.
  struct Key: Hashable {
    let from: ImageSize
    let to: ImageSize
    let format: Int32
    let isFullRange: Bool
  }

  let key: Key
  private let context: OpaquePointer
  private var target: UnsafeMutablePointer<AVFrame>?
  private let result: UnsafeMutablePointer<AVFrame>

  init(_ key: Key, format: AVPixelFormat) throws(CameraFailure) {
    self.key = key
    target = av_frame_alloc()
    let context = sws_getContext(
      Int32(key.from.width), Int32(key.from.height), format, Int32(key.to.width),
      Int32(key.to.height), AV_PIX_FMT_YUVJ420P, SWS_AREA, nil, nil, nil)
    guard let context, let result = target else {
      sws_freeContext(context)
      av_frame_free(&target)
      throw CameraFailure(.unsupportedCodec, "the picture's format cannot be converted")
    }
    self.context = context
    self.result = result
    result.pointee.width = Int32(key.to.width)
    result.pointee.height = Int32(key.to.height)
    result.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
    result.pointee.color_range = AVCOL_RANGE_JPEG
    let table = sws_getCoefficients(SWS_CS_ITU601)
    sws_setColorspaceDetails(
      context, table, key.isFullRange ? 1 : 0, table, 1, 0, 1 << 16, 1 << 16)
    guard av_frame_get_buffer(result, 0) >= 0 else {
      throw CameraFailure(.unsupportedCodec, "there is no memory for a converted picture")
    }
  }

  deinit {
    sws_freeContext(context)
    av_frame_free(&target)
  }

  /// The converted picture, valid until the next call.
  func convert(
    _ frame: UnsafeMutablePointer<AVFrame>
  ) -> UnsafeMutablePointer<AVFrame> {
    sws_scale_frame(context, result, frame)
    return result
  }
}
