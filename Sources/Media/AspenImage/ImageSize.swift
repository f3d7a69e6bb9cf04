/// The size of a picture in pixels.
package struct ImageSize: Sendable, Hashable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  /// A size; both sides are at least 1.
  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a picture has no side of 0 or less")
    self.width = width
    self.height = height
  }

  package var description: String { "\(width)x\(height)" }

  /// This size made narrower than or as wide as `wantedWidth`: same aspect, even sides, never larger.
  ///
  /// Nil, or a width of at least this one, leaves the size as it is.
  package func fitted(toWidth wantedWidth: Int?) -> ImageSize {
    guard let wantedWidth, wantedWidth < width else { return self }
    let fittedWidth = min(Self.even(max(wantedWidth, 2)), width)
    let fittedHeight = Self.even(
      Int((Double(height) * Double(fittedWidth) / Double(width)).rounded()))
    return ImageSize(width: fittedWidth, height: min(max(fittedHeight, 2), height))
  }

  /// The size of a plane that has one sample for `horizontal` x `vertical` pixels, rounded up.
  package func subsampled(_ subsampling: ChromaSubsampling) -> ImageSize {
    ImageSize(
      width: (width + subsampling.horizontal - 1) / subsampling.horizontal,
      height: (height + subsampling.vertical - 1) / subsampling.vertical)
  }

  private static func even(_ length: Int) -> Int { length & ~1 }
}
