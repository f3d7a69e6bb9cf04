/// One plane of 8-bit samples that somebody else owns, such as a decoder.
///
/// `size.height` rows of `size.width` samples; a row begins `stride` bytes after the one above.
/// Valid only during the call that hands it over; never stored.
package struct PlaneView {
  package let samples: UnsafePointer<UInt8>
  package let size: ImageSize
  package let stride: Int

  /// A view of `(size.height - 1) * stride + size.width` bytes at `samples`.
  package init(samples: UnsafePointer<UInt8>, size: ImageSize, stride: Int) {
    precondition(stride >= size.width, "rows of a plane must not overlap")
    self.samples = samples
    self.size = size
    self.stride = stride
  }

  /// The samples of one row.
  func row(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: samples + index * stride, count: size.width)
  }
}
