/// How many pixels share one pair of chroma samples.
package enum ChromaSubsampling: Sendable, Hashable {
  /// 4:2:0, one pair for 2 x 2 pixels.
  case half
  /// 4:2:2, one pair for 2 x 1 pixels.
  case halfHorizontal
  /// 4:4:4, one pair a pixel.
  case full

  /// Pixels a sample spans from left to right.
  package var horizontal: Int { self == .full ? 1 : 2 }

  /// Pixels a sample spans from top to bottom.
  package var vertical: Int { self == .half ? 2 : 1 }
}
