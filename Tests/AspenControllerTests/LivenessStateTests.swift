import AspenModel
import Testing

@testable import AspenController

@Suite("Liveness of workers")
struct LivenessStateTests {
  private let start = ContinuousClock.now
  private let limits = LivenessState.Limits(
    startGrace: .seconds(8), reconnectGrace: .milliseconds(600), lease: .seconds(2))

  private func state() -> LivenessState {
    LivenessState(limits: limits, startedAt: start)
  }

  @Test("after a controller's start a silent worker is expected, then lost")
  func startGrace() {
    let state = state()
    #expect(state.phase(of: 1, at: start + .seconds(7)) == .expected)
    #expect(state.phase(of: 1, at: start + .seconds(9)) == .lost)
  }

  @Test("a worker is ready until its lease ends")
  func lease() {
    var state = state()
    state.heard(from: 1, at: start + .seconds(20))
    #expect(state.phase(of: 1, at: start + .seconds(21)) == .ready)
    #expect(state.phase(of: 1, at: start + .seconds(23)) == .lost)
    state.heard(from: 1, at: start + .seconds(24))
    #expect(state.phase(of: 1, at: start + .seconds(25)) == .ready)
  }

  @Test("a broken connection gives the worker a moment to come back")
  func reconnectGrace() {
    var state = state()
    state.heard(from: 1, at: start + .seconds(20))
    state.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(21))
    #expect(state.phase(of: 1, at: start + .seconds(21) + .milliseconds(500)) == .expected)
    #expect(state.phase(of: 1, at: start + .seconds(21) + .milliseconds(700)) == .lost)
  }

  @Test("a worker that says goodbye is lost at once")
  func goodbye() {
    var state = state()
    state.heard(from: 1, at: start + .seconds(1))
    state.closed(workerID: 1, saidGoodbye: true, at: start + .seconds(2))
    #expect(state.phase(of: 1, at: start + .seconds(2)) == .lost)
  }

  @Test("a worker never heard of is lost once the start is over")
  func unheard() {
    var state = state()
    state.heard(from: 1, at: start)
    state.forget(workerID: 1)
    #expect(state.phase(of: 1, at: start + .seconds(100)) == .lost)
  }
}
