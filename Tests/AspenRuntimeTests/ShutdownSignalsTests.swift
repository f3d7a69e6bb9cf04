import Glibc
import Testing

@testable import AspenRuntime

@Suite("Shutdown signals")
struct ShutdownSignalsTests {
  @Test("a signal ends the wait, and a later wait returns at once", arguments: [SIGTERM, SIGINT])
  func signal(number: Int32) async throws {
    let (signals, thread) = try ShutdownSignals.confined()
    async let first = signals.wait()
    #expect(pthread_kill(thread, number) == 0)
    let expected: ShutdownSignals.Signal = number == SIGINT ? .interrupt : .terminate
    #expect(await first == expected)
    #expect(await signals.wait() == expected)
  }
}
