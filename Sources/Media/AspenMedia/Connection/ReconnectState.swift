import AspenModel

/// When to try a camera again.
///
/// The wait doubles from 0.5 s to 30 s and is spread by ±25 %, so that many cameras behind one
/// switch do not return at once. 30 s of pictures make the next failure a first one again. A
/// refused password waits from 5 s to 300 s, because cameras lock accounts that guess.
struct ReconnectState: Sendable {
  private static let provenMicroseconds: Int64 = 30_000_000

  private var failures = 0
  private var firstPicture: Int64?
  private var lastPicture: Int64 = 0

  /// A picture arrived at the monotonic time `now`, in microseconds.
  mutating func pictureArrived(at now: Int64) {
    if firstPicture == nil { firstPicture = now }
    lastPicture = now
  }

  /// The connection failed; returns the wait before the next one. `random` is from 0 to 1.
  mutating func failed(_ fault: CameraFault, random: Double) -> Duration {
    if let firstPicture, lastPicture - firstPicture >= Self.provenMicroseconds { failures = 0 }
    firstPicture = nil
    let (shortest, longest) = Self.waits(after: fault)
    // 2^16 times the shortest wait is beyond every longest one.
    let seconds = min(shortest * Double(1 << min(failures, 16)), longest)
    failures += 1
    return .milliseconds(Int64((seconds * (0.75 + random / 2) * 1000).rounded()))
  }

  private static func waits(after fault: CameraFault) -> (shortest: Double, longest: Double) {
    switch fault {
    case .unauthorized: (5, 300)
    case .notFound: (5, 30)
    default: (0.5, 30)
    }
  }
}
