import Glibc

/// A point on the system's monotonic clock. It never goes back and says nothing about the date.
package struct MonotonicTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since an unspecified start, usually the boot.
  package var nanoseconds: UInt64

  /// The point `nanoseconds` after the clock's start.
  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The present, read from the clock; on a loop prefer `loop.now`.
  package static func current() -> MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  package static func < (a: MonotonicTime, b: MonotonicTime) -> Bool {
    a.nanoseconds < b.nanoseconds
  }

  /// The point `duration` later; it stops at the ends of the clock's range.
  package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let offset = duration.wholeNanoseconds
    let (sum, overflow) =
      offset >= 0
      ? time.nanoseconds.addingReportingOverflow(offset.magnitude)
      : time.nanoseconds.subtractingReportingOverflow(offset.magnitude)
    return MonotonicTime(nanoseconds: overflow ? (offset >= 0 ? .max : 0) : sum)
  }

  /// The time from `b` to `a`; negative if `a` is the earlier.
  package static func - (a: MonotonicTime, b: MonotonicTime) -> Duration {
    a >= b
      ? .nanoseconds(Int64(clamping: a.nanoseconds - b.nanoseconds))
      : .zero - .nanoseconds(Int64(clamping: b.nanoseconds - a.nanoseconds))
  }
}

extension Duration {
  /// The duration in nanoseconds, rounded towards zero, at most 292 years.
  var wholeNanoseconds: Int64 {
    let (seconds, fraction) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    let (sum, spilled) = whole.addingReportingOverflow(fraction / 1_000_000_000)
    return spilled ? (seconds > 0 ? .max : .min) : sum
  }
}
