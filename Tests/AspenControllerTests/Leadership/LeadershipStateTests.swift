import Testing

@testable import AspenController

@Suite("Whether a controller leads")
struct LeadershipStateTests {
  private typealias Action = LeadershipState.Action
  private typealias Request = LeadershipState.Request

  private let start = ContinuousClock.now
  private let limits = LeadershipState.Limits(jitter: .milliseconds(30))

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
    start + .milliseconds(milliseconds)
  }

  private func request(_ kind: Request.Kind, at milliseconds: Int) -> Request {
    Request(kind: kind, sentAt: at(milliseconds))
  }

  private func follower() -> LeadershipState { LeadershipState(limits: limits, at: start) }

  /// Leads under an epoch since the start.
  private func leader(_ epoch: Int64 = 5) -> LeadershipState {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(request(.acquire, at: 0), .leads(epoch: epoch), at: at(10))
    return state
  }

  @Test("a controller asks at once, and leads when nobody else does")
  func acquires() {
    var state = follower()
    #expect(state.deadline == start)
    #expect(state.tick(at: start) == [.send(request(.acquire, at: 0))])
    #expect(state.epoch(at: start) == nil)
    #expect(state.tick(at: at(5)) == [])
    let actions = state.answered(request(.acquire, at: 0), .leads(epoch: 5), at: at(10))
    #expect(actions == [.began(epoch: 5)])
    #expect(state.epoch(at: at(10)) == 5)
  }

  @Test("a lease counts from when it was asked for, not from the answer")
  func leaseCountsFromTheQuestion() {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(request(.acquire, at: 0), .leads(epoch: 5), at: at(700))
    #expect(state.epoch(at: at(799)) == 5)
    #expect(state.epoch(at: at(800)) == nil)
  }

  @Test("an answer that takes longer than a lease gives no leadership, and is asked for anew")
  func lateAnswer() {
    var state = follower()
    _ = state.tick(at: start)
    #expect(
      state.answered(request(.acquire, at: 0), .leads(epoch: 5), at: at(800)) == [])
    #expect(state.epoch(at: at(800)) == nil)
    #expect(state.tick(at: at(800)) == [.send(request(.acquire, at: 800))])
  }

  @Test("a leader renews in time and goes on")
  func renews() {
    var state = leader()
    #expect(state.deadline == at(250))
    #expect(state.tick(at: at(249)) == [])
    #expect(state.tick(at: at(250)) == [.send(request(.renew(epoch: 5), at: 250))])
    #expect(state.answered(request(.renew(epoch: 5), at: 250), .leads(epoch: 5), at: at(260)) == [])
    #expect(state.epoch(at: at(1049)) == 5)
    #expect(state.deadline == at(500))
  }

  @Test("a renewal whose answer is lost is repeated; an old answer still counts")
  func lostRenewal() {
    var state = leader()
    _ = state.tick(at: at(250))
    #expect(state.deadline == at(500))
    #expect(state.tick(at: at(500)) == [.send(request(.renew(epoch: 5), at: 500))])
    #expect(state.answered(request(.renew(epoch: 5), at: 250), .leads(epoch: 5), at: at(600)) == [])
    #expect(state.epoch(at: at(1049)) == 5)
    #expect(state.epoch(at: at(1050)) == nil)
  }

  @Test("a leader that cannot renew stops deciding when its lease ends, and asks again")
  func expires() {
    var state = leader()
    _ = state.tick(at: at(250))
    #expect(state.answered(request(.renew(epoch: 5), at: 250), .failed, at: at(260)) == [])
    #expect(state.deadline == at(360))
    _ = state.tick(at: at(700))
    #expect(state.epoch(at: at(800)) == nil)
    #expect(
      state.tick(at: at(800)) == [
        .ended(epoch: 5, .expired), .send(request(.acquire, at: 800)),
      ])
    // What was asked before helps no more.
    #expect(state.answered(request(.renew(epoch: 5), at: 700), .leads(epoch: 5), at: at(810)) == [])
    #expect(state.epoch(at: at(810)) == nil)
  }

  @Test("a leader that was stopped for long knows it before it decides anything")
  func wakesUp() {
    var state = leader()
    #expect(state.epoch(at: at(60_000)) == nil)
    #expect(
      state.answered(request(.renew(epoch: 5), at: 250), .leads(epoch: 5), at: at(60_000))
        == [.ended(epoch: 5, .expired)])
    #expect(state.epoch(at: at(60_000)) == nil)
  }

  @Test("a leader whose renewal is refused follows, and asks when the other's lease ends")
  func takenOver() {
    var state = leader()
    _ = state.tick(at: at(250))
    let actions = state.answered(
      request(.renew(epoch: 5), at: 250), .follows(remaining: .milliseconds(600)), at: at(260))
    #expect(actions == [.ended(epoch: 5, .takenOver)])
    #expect(state.deadline == at(890))
  }

  @Test("a leader whose write is refused follows, and asks at once")
  func writeRefused() {
    var state = leader()
    #expect(state.refused(epoch: 4, at: at(100)) == [])
    #expect(
      state.refused(epoch: 5, at: at(100)) == [
        .ended(epoch: 5, .takenOver), .send(request(.acquire, at: 100)),
      ])
    #expect(state.epoch(at: at(100)) == nil)
  }

  @Test("a follower asks when the lease that it read ends, a little apart from others")
  func waitsForLease() {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(
      request(.acquire, at: 0), .follows(remaining: .milliseconds(500)), at: at(10))
    #expect(state.deadline == at(540))
    #expect(state.tick(at: at(539)) == [])
    #expect(state.tick(at: at(540)) == [.send(request(.acquire, at: 540))])
  }

  @Test("a lease that ends in an hour, since the database's clock has stepped, is looked at soon")
  func clockStep() {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(request(.acquire, at: 0), .follows(remaining: .seconds(3600)), at: at(10))
    #expect(state.deadline == at(840))
  }

  @Test("a lease that ended long ago and was still not to be had is no reason to spin")
  func noSpin() {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(request(.acquire, at: 0), .follows(remaining: .seconds(-9)), at: at(10))
    #expect(state.deadline == at(50))
  }

  @Test("a follower that hears of a release asks at once; a leader and a stopped one do not")
  func heardOfRelease() {
    var state = follower()
    _ = state.tick(at: start)
    _ = state.answered(
      request(.acquire, at: 0), .follows(remaining: .milliseconds(500)), at: at(10))
    #expect(state.heardOfRelease(at: at(100)) == [.send(request(.acquire, at: 100))])
    var leading = leader()
    #expect(leading.heardOfRelease(at: at(100)) == [])
    _ = leading.stop(at: at(100))
    #expect(leading.heardOfRelease(at: at(100)) == [])
  }

  @Test("a follower that cannot ask tries again, after a pause")
  func failure() {
    var state = follower()
    _ = state.tick(at: start)
    #expect(state.answered(request(.acquire, at: 0), .failed, at: at(10)) == [])
    #expect(state.deadline == at(110))
  }

  @Test("a question without an answer is asked again, and whichever answer is newest counts")
  func lostAnswer() {
    var state = follower()
    _ = state.tick(at: start)
    #expect(state.deadline == at(800))
    #expect(state.tick(at: at(800)) == [.send(request(.acquire, at: 800))])
    #expect(
      state.answered(request(.acquire, at: 800), .leads(epoch: 6), at: at(810))
        == [.began(epoch: 6)])
    #expect(state.answered(request(.acquire, at: 0), .leads(epoch: 5), at: at(820)) == [])
    #expect(state.epoch(at: at(820)) == 6)
    // The first question was carried out after the second.
    #expect(
      state.answered(request(.acquire, at: 790), .leads(epoch: 7), at: at(830))
        == [.ended(epoch: 6, .takenOver), .began(epoch: 7)])
  }

  @Test("a leader whose database is older than it was leads on under a new epoch")
  func resigns() {
    var state = leader()
    #expect(state.resign(epoch: 4, at: at(100)) == [])
    #expect(
      state.resign(epoch: 5, at: at(100)) == [
        .ended(epoch: 5, .resigned), .send(request(.acquire, at: 100)),
      ])
    #expect(
      state.answered(request(.acquire, at: 100), .leads(epoch: 9), at: at(110))
        == [.began(epoch: 9)])
  }

  @Test("a leader that stops gives its lease back, once, and asks for nothing more")
  func stops() {
    var state = leader()
    #expect(
      state.stop(at: at(100)) == [
        .ended(epoch: 5, .released), .send(request(.release(epoch: 5), at: 100)),
      ])
    #expect(state.stop(at: at(101)) == [])
    #expect(state.epoch(at: at(101)) == nil)
    #expect(state.deadline == nil)
    #expect(state.tick(at: at(5_000)) == [])
  }

  @Test("a controller that stops gives back what an answer brings later")
  func stopsWhileAsking() {
    var state = follower()
    _ = state.tick(at: start)
    #expect(state.stop(at: at(5)) == [])
    #expect(
      state.answered(request(.acquire, at: 0), .leads(epoch: 5), at: at(10))
        == [.send(request(.release(epoch: 5), at: 10))])
  }
}
