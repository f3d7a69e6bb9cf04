import FoundationEssentials
import Testing

@testable import AspenRuntime

@Test("the system clock counts microseconds since 1970")
func systemClock() {
  let before = Int64(Date.now.timeIntervalSince1970 * 1_000_000) - 1_000
  let now = SystemClock.nowMicroseconds()
  let after = Int64(Date.now.timeIntervalSince1970 * 1_000_000) + 1_000
  #expect((before...after).contains(now))
}
