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

  @Test("it is known since when a worker is lost")
  func lostSince() {
    var state = state()
    #expect(state.lostSince(1, at: start + .seconds(8)) == nil)
    #expect(state.lostSince(1, at: start + .seconds(20)) == start + .seconds(8))
    state.heard(from: 1, at: start + .seconds(20))
    #expect(state.lostSince(1, at: start + .seconds(22)) == nil)
    #expect(state.lostSince(1, at: start + .seconds(30)) == start + .seconds(22))
    state.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(40))
    #expect(state.lostSince(1, at: start + .seconds(40)) == start + .seconds(22), "as before")
    state.heard(from: 1, at: start + .seconds(41))
    state.closed(workerID: 1, saidGoodbye: true, at: start + .seconds(42))
    #expect(state.lostSince(1, at: start + .seconds(50)) == start + .seconds(42))
  }

  @Test("a worker's lease is over only when it has run out by the slowest clock")
  func leaseOver() {
    var state = state()
    let margin = limits.leaseMargin
    #expect(!state.isLeaseOver(of: 1, at: start + .seconds(2)), "its last life may have given one")
    #expect(state.isLeaseOver(of: 1, at: start + .seconds(2) + margin + .milliseconds(1)))
    state.heard(from: 1, at: start + .seconds(20))
    state.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(20))
    #expect(state.phase(of: 1, at: start + .milliseconds(20_700)) == .lost)
    #expect(!state.isLeaseOver(of: 1, at: start + .milliseconds(20_700)))
    #expect(!state.isLeaseOver(of: 1, at: start + .seconds(22) + margin))
    #expect(state.isLeaseOver(of: 1, at: start + .seconds(22) + margin + .milliseconds(1)))
  }

  @Test(
    "a worker that breaks off again and again is ready and held off; one that says goodbye is not")
  func flapping() {
    for saidGoodbye in [false, true] {
      var state = state()
      for second in 1...3 {
        state.heard(from: 1, at: start + .seconds(second))
        state.closed(workerID: 1, saidGoodbye: saidGoodbye, at: start + .seconds(second))
      }
      let now = start + .seconds(4)
      state.heard(from: 1, at: now)
      #expect(state.phase(of: 1, at: now) == .ready)
      #expect((state.heldOff(1, at: now) != nil) == !saidGoodbye)
    }
  }

  @Test("a worker's lease is not over while another controller may have told it that it is heard")
  func leaseElsewhere() {
    var state = state()
    state.heard(from: 1, at: start)
    state.heardElsewhere([1, 2], until: start + .seconds(30))
    state.heardElsewhere([1], until: start + .seconds(20))
    let end = start + .seconds(32) + limits.leaseMargin
    for workerID: Int64 in [1, 2] {
      #expect(!state.isLeaseOver(of: workerID, at: end))
      #expect(state.isLeaseOver(of: workerID, at: end + .milliseconds(1)))
    }
    #expect(state.phase(of: 1, at: start + .seconds(20)) == .lost, "by what is heard here")
  }

  @Test("silence counts as a loss once, whoever notices it")
  func silence() {
    var state = state()
    // Heard again after its lease: one loss each; closed after its lease: the same one.
    for second in [0, 3, 6] { state.heard(from: 1, at: start + .seconds(second)) }
    state.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(7))
    #expect(
      state.heldOff(1, at: start + .seconds(7)) != nil, "two silences and a broken connection")
    var other = self.state()
    other.heard(from: 1, at: start)
    other.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(5))
    for second in 6...7 { other.heard(from: 1, at: start + .seconds(second)) }
    other.closed(workerID: 1, saidGoodbye: false, at: start + .seconds(8))
    #expect(other.heldOff(1, at: start + .seconds(8)) == nil, "two losses")
  }
}
