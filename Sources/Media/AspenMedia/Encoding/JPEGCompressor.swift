import AspenImage
import AspenModel
import CTurboJPEG

/// Makes JPEG files of full-range planes. Owns a TurboJPEG handle and its output buffer.
final class JPEGCompressor {
  private let handle: tjhandle
  private var buffer: UnsafeMutablePointer<UInt8>?
  private var capacity = 0

  init() throws(CameraFailure) {
    guard let handle = tjInitCompress() else {
      throw CameraFailure(.decodeErrors, "the JPEG encoder could not be made")
    }
    self.handle = handle
  }

  deinit {
    buffer?.deallocate()
    tjDestroy(handle)
  }

  /// Compresses three planes: luma of `size`, then blue and red differences.
  func compress(
    _ planes: (PlaneView, PlaneView, PlaneView), size: ImageSize, subsampling: ChromaSubsampling,
    quality: Int
  ) throws(CameraFailure) -> [UInt8] {
    let code = Self.code(of: subsampling)
    reserve(Int(tjBufSize(Int32(size.width), Int32(size.height), code)))
    let sources = [
      UnsafePointer?(planes.0.samples), planes.1.samples, planes.2.samples,
    ]
    let strides = [Int32(planes.0.stride), Int32(planes.1.stride), Int32(planes.2.stride)]
    var output = buffer
    var count = UInt(capacity)
    var pointers = sources
    // No reallocation: the buffer holds the worst case, and is ours to free.
    let result = tjCompressFromYUVPlanes(
      handle, &pointers, Int32(size.width), strides, Int32(size.height), code, &output, &count,
      Int32(quality), TJFLAG_NOREALLOC)
    guard result == 0, let output else {
      let reason = tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
      throw CameraFailure(.decodeErrors, "the JPEG encoder failed: \(reason)")
    }
    return [UInt8](UnsafeBufferPointer(start: output, count: Int(count)))
  }

  /// Worst case: several bytes a pixel; only the pages that are written use memory.
  private func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    buffer?.deallocate()
    buffer = .allocate(capacity: needed)
    capacity = needed
  }

  private static func code(of subsampling: ChromaSubsampling) -> Int32 {
    switch subsampling {
    case .half: Int32(TJSAMP_420.rawValue)
    case .halfHorizontal: Int32(TJSAMP_422.rawValue)
    case .full: Int32(TJSAMP_444.rawValue)
    }
  }
}
