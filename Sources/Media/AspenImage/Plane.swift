/// One plane of 8-bit samples, rows without gaps; its memory is reused from picture to picture.
package struct Plane: Sendable, Hashable {
  package private(set) var size: ImageSize
  /// `size.height` rows of `size.width` samples.
  package private(set) var samples: [UInt8]

  /// A plane of zeros.
  package init(size: ImageSize) {
    self.size = size
    samples = [UInt8](repeating: 0, count: size.width * size.height)
  }

  /// Calls `body` with a view of the whole plane.
  package func withView<Result>(_ body: (PlaneView) throws -> Result) rethrows -> Result {
    try samples.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a plane is never empty") }
      return try body(PlaneView(samples: base, size: size, stride: size.width))
    }
  }

  /// Changes the size; afterwards the samples are undefined unless the size is as before.
  mutating func resize(to newSize: ImageSize) {
    guard newSize != size else { return }
    size = newSize
    samples = [UInt8](repeating: 0, count: newSize.width * newSize.height)
  }

  /// Calls `body` with each row's number and its writable samples, from the top.
  mutating func forEachRow(_ body: (Int, UnsafeMutableBufferPointer<UInt8>) -> Void) {
    let size = size
    samples.withUnsafeMutableBufferPointer { buffer in
      for y in 0..<size.height {
        body(y, .init(rebasing: buffer[y * size.width..<(y + 1) * size.width]))
      }
    }
  }
}
