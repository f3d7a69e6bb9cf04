import AspenImage
import CLibAV

/// A decoded picture as three 8-bit planes; valid as long as the picture.
struct PictureLayout {
  let planes: (PlaneView, PlaneView, PlaneView)
  let subsampling: ChromaSubsampling
  /// Black is 0 and white is 255, as in JPEG; cameras' H.264 has 16 and 235.
  let isFullRange: Bool

  /// Nil if the picture is not planar 8-bit YUV.
  init?(_ frame: UnsafeMutablePointer<AVFrame>, size: ImageSize) {
    let subsampling: ChromaSubsampling
    var isFullRange = frame.pointee.color_range == AVCOL_RANGE_JPEG
    switch AVPixelFormat(frame.pointee.format) {
    case AV_PIX_FMT_YUV420P: subsampling = .half
    case AV_PIX_FMT_YUV422P: subsampling = .halfHorizontal
    case AV_PIX_FMT_YUV444P: subsampling = .full
    case AV_PIX_FMT_YUVJ420P: (subsampling, isFullRange) = (.half, true)
    case AV_PIX_FMT_YUVJ422P: (subsampling, isFullRange) = (.halfHorizontal, true)
    case AV_PIX_FMT_YUVJ444P: (subsampling, isFullRange) = (.full, true)
    default: return nil
    }
    let chroma = size.subsampled(subsampling)
    let data = frame.pointee.data
    let strides = frame.pointee.linesize
    guard
      let luma = Self.view(data.0, strides.0, size),
      let blue = Self.view(data.1, strides.1, chroma),
      let red = Self.view(data.2, strides.2, chroma)
    else { return nil }
    planes = (luma, blue, red)
    self.subsampling = subsampling
    self.isFullRange = isFullRange
  }

  /// Nil for a missing plane and for one stored bottom-up.
  private static func view(
    _ data: UnsafeMutablePointer<UInt8>?, _ stride: Int32, _ size: ImageSize
  ) -> PlaneView? {
    guard let data, Int(stride) >= size.width else { return nil }
    return PlaneView(samples: UnsafePointer(data), size: size, stride: Int(stride))
  }
}
