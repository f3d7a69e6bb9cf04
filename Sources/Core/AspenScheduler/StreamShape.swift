/// What is known of a stream's pictures, from which its cost is estimated.
///
/// The figures are what ASPEN's own pipeline takes (libavcodec on one thread, libjpeg-turbo at quality 80),
/// measured on an AMD EPYC core at 2.07 and 0.92 megapixels; they grow in proportion to the size and rate:
///
/// | part | CPU | memory |
/// |---|---|---|
/// | receiving and taking packets apart | 0.27 ms a frame | 3 MiB |
/// | decoding H.264 | 4.0 ms a frame and megapixel | 4 MiB a megapixel |
/// | decoding H.265 | 6.0 ms | 4 MiB |
/// | decoding MJPEG | 2.1 ms | 2 MiB |
/// | scaling down | 0.5 ms a megapixel of the source | |
/// | encoding JPEG, with its range of colours | 2.7 ms a megapixel of the result | 2 MiB |
///
/// It is the cost while somebody watches at the full rate and width that the stream allows. Receiving and
/// decoding are the camera's: streams of one camera on one worker need them once.
package struct StreamShape: Sendable, Hashable {
  /// FFmpeg's name of the codec; nil: not known yet.
  package var codec: String?
  /// The camera's size in pixels; nil: not known yet.
  package var width: Int?
  package var height: Int?
  /// The camera's rate; nil: not known yet.
  package var framesPerSecond: Double?
  /// What the stream allows.
  package var maxWidth: Int?
  package var maxFramesPerSecond: Double?

  /// A stream of which nothing is known: it counts as H.264, 1920 × 1080 pixels, 25 frames a second.
  package init() {}

  private enum Unknown {
    static let width = 1920
    static let height = 1080
    static let framesPerSecond = 25.0
  }

  private enum Step {
    /// Measured rates waver; streams that hardly differ shall cost the same, and have the same choice.
    static let framesPerSecond = 5.0
    static let millicores = 5
  }

  /// What the stream costs its worker.
  package var cost: StreamCost {
    let (width, height) = (width ?? Unknown.width, height ?? Unknown.height)
    let rate = Self.rounded(framesPerSecond ?? Unknown.framesPerSecond)
    let source = Double(width) * Double(height) / 1_000_000
    let scale = min(1, Double(maxWidth ?? width) / Double(max(width, 1)))
    let result = source * scale * scale
    let decoding =
      switch codec {
      case "hevc": (milliseconds: 6.0, mebibytes: 4.0)
      case "mjpeg": (milliseconds: 2.1, mebibytes: 2.0)
      default: (milliseconds: 4.0, mebibytes: 4.0)
      }
    let scaling = scale < 1 ? 0.5 * source : 0
    let encodedRate = min(maxFramesPerSecond ?? rate, rate)
    return StreamCost(
      own: ResourceCost(
        streams: 1, cpuMillicores: Self.millicores((scaling + 2.7 * result) * encodedRate),
        memoryMiB: Self.whole(1 + 2 * result)),
      camera: ResourceCost(
        cpuMillicores: Self.millicores((0.27 + decoding.milliseconds * source) * rate),
        memoryMiB: Self.whole(3 + decoding.mebibytes * source)))
  }

  private static func rounded(_ rate: Double) -> Double {
    let steps = min(max(rate, 0), 1000) / Step.framesPerSecond
    return max(steps.rounded(), 1) * Step.framesPerSecond
  }

  /// A millisecond of each second is a thousandth of a core.
  private static func millicores(_ milliseconds: Double) -> Int {
    (whole(milliseconds) + Step.millicores - 1) / Step.millicores * Step.millicores
  }

  private static func whole(_ number: Double) -> Int { Int(min(number, 1_000_000).rounded(.up)) }
}
