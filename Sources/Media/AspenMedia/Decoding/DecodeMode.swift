import AspenModel

/// How much of a stream must be decoded.
///
/// A keyframe alone costs one decode where full decoding costs one for every picture, so a wish
/// for fewer frames than there are keyframes is served with keyframes.
enum DecodeMode: Sendable, Hashable {
  case nothing
  case keyframes
  case everything

  /// The least that serves `demand`; `keyframesPerSecond` nil: not known yet.
  ///
  /// A change costs the decoding of a whole group of pictures, so a mode that all but serves is
  /// kept when the distance of keyframes wavers.
  init(demand: FrameDemand?, keyframesPerSecond: Double?, current: DecodeMode) {
    guard let demand else {
      self = .nothing
      return
    }
    if let wanted = demand.framesPerSecond, let keyframesPerSecond,
      wanted <= keyframesPerSecond * (current == .keyframes ? 1.1 : 1.02)
    {
      self = .keyframes
    } else {
      self = .everything
    }
  }
}
