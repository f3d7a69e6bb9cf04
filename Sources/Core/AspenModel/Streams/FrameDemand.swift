/// What viewers want of a stream's frames right now. Nobody watching is no demand at all (nil).
package struct FrameDemand: Sendable, Hashable, Codable {
  /// The most frames a second; nil is every frame of the camera.
  package let framesPerSecond: Double?
  /// The width in pixels, never enlarged; nil is the camera's own.
  package let width: Int?

  /// A demand of a rate and width. A rate that is no finite number is no limit.
  package init(framesPerSecond: Double?, width: Int?) {
    // JSON cannot carry infinity and not-a-number.
    self.framesPerSecond = framesPerSecond.flatMap { $0.isFinite ? $0 : nil }
    self.width = width
  }

  private enum CodingKeys: String, CodingKey {
    case framesPerSecond = "fps"
    case width
  }

  /// The smallest demand that serves both.
  package func union(_ other: FrameDemand) -> FrameDemand {
    FrameDemand(
      framesPerSecond: Self.greater(framesPerSecond, other.framesPerSecond),
      width: Self.greater(width, other.width))
  }

  private static func greater<T: Comparable>(_ left: T?, _ right: T?) -> T? {
    guard let left, let right else { return nil }
    return max(left, right)
  }
}
