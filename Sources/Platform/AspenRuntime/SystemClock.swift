import Glibc

/// The machine's wall clock. Code that decides takes the time as an argument; programs read it here.
package enum SystemClock {
  /// Microseconds since 1970-01-01T00:00:00Z.
  package static func nowMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
