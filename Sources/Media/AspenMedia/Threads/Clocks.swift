import Glibc

/// The system's clocks in microseconds.
enum Clocks {
  /// For deadlines and intervals: never jumps.
  static func monotonicMicroseconds() -> Int64 { read(CLOCK_MONOTONIC) }

  /// For people and other machines: since the Unix epoch.
  static func unixMicroseconds() -> Int64 { read(CLOCK_REALTIME) }

  /// The CPU time that the calling thread has taken.
  static func threadMicroseconds() -> Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

extension Duration {
  /// Whole microseconds.
  var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
