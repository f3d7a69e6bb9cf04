import AspenImage
import AspenModel
import CLibAV

/// Makes JPEG files of decoded pictures: smaller if wanted, and always full range.
///
/// The usual planar formats are compressed as they are, without a conversion; the rest goes
/// through libswscale. Keeps its planes and tables from picture to picture.
final class PictureEncoder {
  private let compressor: JPEGCompressor
  private let quality: Int
  private var planes: [Plane]
  private var scaling: Scaling?
  private var converter: PictureConverter?

  /// The downscalers between two sizes.
  private struct Scaling {
    let from: ImageSize
    let to: ImageSize
    let subsampling: ChromaSubsampling
    var luma: AreaDownscaler
    var chroma: AreaDownscaler
  }

  init(quality: Int) throws(CameraFailure) {
    compressor = try JPEGCompressor()
    self.quality = quality
    planes = [Plane](repeating: Plane(size: ImageSize(width: 1, height: 1)), count: 3)
  }

  /// The JPEG file of a picture, at most `width` pixels wide.
  func encode(
    _ frame: UnsafeMutablePointer<AVFrame>, width: Int?
  ) throws(CameraFailure) -> (jpeg: [UInt8], size: ImageSize) {
    guard frame.pointee.width > 0, frame.pointee.height > 0 else {
      throw CameraFailure(.decodeErrors, "the decoder made an empty picture")
    }
    let source = ImageSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
    let target = source.fitted(toWidth: width)
    guard let layout = PictureLayout(frame, size: source) else {
      let converted = try convert(frame, from: source, to: target)
      guard let layout = PictureLayout(converted, size: target) else {
        throw CameraFailure(.unsupportedCodec, "the picture's format cannot be converted")
      }
      return (try compress(layout.planes, target, layout.subsampling), target)
    }
    if target == source, layout.isFullRange {
      return (try compress(layout.planes, target, layout.subsampling), target)
    }
    fillPlanes(from: layout, source: source, target: target)
    return (try compressOwnPlanes(target, layout.subsampling), target)
  }

  private func fillPlanes(from layout: PictureLayout, source: ImageSize, target: ImageSize) {
    let views = [layout.planes.0, layout.planes.1, layout.planes.2]
    guard target != source else {
      for (index, view) in views.enumerated() {
        planes[index].expandRange(of: view, as: index == 0 ? .luma : .chroma)
      }
      return
    }
    var scaling = scaling(from: source, to: target, layout.subsampling)
    // The table is moved out and back so that its buffers are not copied.
    self.scaling = nil
    for (index, view) in views.enumerated() {
      if index == 0 {
        scaling.luma.downscale(view, into: &planes[index])
      } else {
        scaling.chroma.downscale(view, into: &planes[index])
      }
      if !layout.isFullRange { planes[index].expandRange(as: index == 0 ? .luma : .chroma) }
    }
    self.scaling = scaling
  }

  private func scaling(
    from: ImageSize, to: ImageSize, _ subsampling: ChromaSubsampling
  ) -> Scaling {
    if let scaling, scaling.from == from, scaling.to == to, scaling.subsampling == subsampling {
      return scaling
    }
    return Scaling(
      from: from, to: to, subsampling: subsampling, luma: AreaDownscaler(from: from, to: to),
      chroma: AreaDownscaler(from: from.subsampled(subsampling), to: to.subsampled(subsampling)))
  }

  private func convert(
    _ frame: UnsafeMutablePointer<AVFrame>, from: ImageSize, to: ImageSize
  ) throws(CameraFailure) -> UnsafeMutablePointer<AVFrame> {
    let format = AVPixelFormat(frame.pointee.format)
    let isFullRange = frame.pointee.color_range == AVCOL_RANGE_JPEG
    let key = PictureConverter.Key(
      from: from, to: to, format: format.rawValue, isFullRange: isFullRange)
    if converter?.key != key { converter = try PictureConverter(key, format: format) }
    guard let converter else {
      throw CameraFailure(.unsupportedCodec, "the picture's format cannot be converted")
    }
    return converter.convert(frame)
  }

  private func compress(
    _ planes: (PlaneView, PlaneView, PlaneView), _ size: ImageSize, _ subsampling: ChromaSubsampling
  ) throws(CameraFailure) -> [UInt8] {
    try compressor.compress(planes, size: size, subsampling: subsampling, quality: quality)
  }

  private func compressOwnPlanes(
    _ size: ImageSize, _ subsampling: ChromaSubsampling
  ) throws(CameraFailure) -> [UInt8] {
    let result = planes[0].withView { luma in
      planes[1].withView { blue in
        planes[2].withView { red in
          Result { () throws(CameraFailure) in
            try compress((luma, blue, red), size, subsampling)
          }
        }
      }
    }
    return try result.get()
  }
}
