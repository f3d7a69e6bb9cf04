import AspenNet
import AspenTestSupport
import Testing

@testable import AspenController

@Suite("Rate limits")
struct RateLimiterTests {
  private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  private func after(_ duration: Duration) -> MonotonicTime { Self.start + duration }

  @Test("a burst is admitted, then one at a time as the bucket fills")
  func burst() {
    var state = RateLimiterState(Rate(perSecond: 2, burst: 3))
    for _ in 0..<3 { #expect(state.admit("a", now: Self.start) == nil) }
    #expect(state.admit("a", now: Self.start) == .milliseconds(500))
    #expect(state.admit("a", now: after(.milliseconds(200))) == .milliseconds(300))
    #expect(state.admit("a", now: after(.milliseconds(500))) == nil)
    #expect(state.admit("a", now: after(.milliseconds(500))) == .milliseconds(500))
  }

  @Test("who waits as told is admitted, and a refusal costs nothing")
  func retry() throws {
    var state = RateLimiterState(Rate(perSecond: 3, burst: 1))
    var now = Self.start
    #expect(state.admit("a", now: now) == nil)
    for _ in 0..<100 {
      let refused = state.admit("a", now: now)
      let wait = try #require(refused)
      #expect(state.admit("a", now: now) == wait)
      now = now + wait
      #expect(state.admit("a", now: now) == nil)
    }
  }

  @Test("a bucket never holds more than its burst")
  func full() {
    var state = RateLimiterState(Rate(perSecond: 10, burst: 2))
    #expect(state.admit("a", now: Self.start) == nil)
    for _ in 0..<2 { #expect(state.admit("a", now: after(.seconds(3600))) == nil) }
    #expect(state.admit("a", now: after(.seconds(3600))) != nil)
  }

  @Test("one key does not use up another's bucket")
  func keys() {
    var state = RateLimiterState(Rate(perSecond: 1, burst: 1))
    #expect(state.admit("a", now: Self.start) == nil)
    #expect(state.admit("b", now: Self.start) == nil)
    #expect(state.admit("a", now: Self.start) != nil)
  }

  @Test("over a long time the rate holds, whatever the pattern", arguments: [1, 2, 3] as [UInt64])
  func rate(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var state = RateLimiterState(Rate(perSecond: 5, burst: 7))
    var admitted = 0
    var elapsed: Int64 = 0
    while elapsed < 1_000_000 {
      if state.admit("a", now: after(.milliseconds(elapsed))) == nil { admitted += 1 }
      elapsed += Int64.random(in: 0...300, using: &generator)
    }
    #expect((4_900...5_007).contains(admitted), "seed \(seed)")
  }

  @Test("a use can be given back, up to a full bucket")
  func refund() {
    var state = RateLimiterState(Rate(perSecond: 1, burst: 2))
    for _ in 0..<2 { #expect(state.admit("a", now: Self.start) == nil) }
    for _ in 0..<5 { state.refund("a", now: Self.start) }
    for _ in 0..<2 { #expect(state.admit("a", now: Self.start) == nil) }
    #expect(state.admit("a", now: Self.start) == .seconds(1))
  }

  @Test("a full table forgets full buckets, which changes nothing")
  func forgetsFull() {
    var state = RateLimiterState(Rate(perSecond: 1, burst: 2), maxKeys: 4)
    for key in ["a", "b", "c"] { #expect(state.admit(key, now: Self.start) == nil) }
    let later = after(.seconds(2))
    for _ in 0..<2 { #expect(state.admit("busy", now: later) == nil) }
    #expect(state.admit("new", now: later) == nil)
    #expect(state.count == 2)
    #expect(state.admit("busy", now: later) != nil)
  }

  @Test("a stranger with many keys cannot make it forget whom it refuses, nor grow")
  func flood() {
    var state = RateLimiterState(Rate(perSecond: 1, burst: 3), maxKeys: 100)
    for _ in 0..<3 { #expect(state.admit("refused", now: Self.start) == nil) }
    for index in 0..<10_000 {
      #expect(state.admit("stranger \(index)", now: Self.start) == nil)
      #expect(state.count <= 100)
    }
    #expect(state.admit("refused", now: Self.start) == .seconds(1))
  }

  @Test("overlong keys share a bucket")
  func longKeys() {
    var state = RateLimiterState(Rate(perSecond: 1, burst: 1))
    #expect(state.admit(String(repeating: "a", count: 257), now: Self.start) == nil)
    #expect(state.admit(String(repeating: "b", count: 258), now: Self.start) != nil)
    #expect(state.count == 1)
  }

  @Test("an IPv4 address is a key, an IPv6 one is its network's")
  func addresses() throws {
    func key(_ ip: String, _ port: UInt16 = 1) throws -> String {
      RateLimiter.key(of: try SocketAddress(ip: ip, port: port))
    }
    #expect(try key("192.0.2.1", 1) == key("192.0.2.1", 2))
    #expect(try key("192.0.2.1") != key("192.0.2.2"))
    #expect(try key("::ffff:192.0.2.1") == key("192.0.2.1"))
    #expect(try key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff::2"))
    #expect(try key("2001:db8:0:1::1") != key("2001:db8:0:2::1"))
    #expect(RateLimiter.key(of: SocketAddress(unixPath: "/a")) == "unix")
  }

  @Test("requests of all threads share one limit")
  func shared() async {
    let limiter = RateLimiter(Rate(perSecond: 0.001, burst: 100))
    let admitted = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<100).count { _ in limiter.admit("a", now: Self.start) == nil }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(admitted == 100)
  }
}

@Suite("The throttle of sign-ins")
struct LoginThrottleTests {
  private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  private let throttle = LoginThrottle(
    address: Rate(perSecond: 0.5, burst: 3), userName: Rate(perSecond: 0.1, burst: 2))

  private func begin(_ ip: String, _ name: String, after: Duration = .zero) throws -> Duration? {
    throttle.begin(
      address: try SocketAddress(ip: ip, port: 9), userName: name, now: Self.start + after)
  }

  @Test("guesses for one name are slowed down, from wherever they come")
  func name() throws {
    #expect(try begin("192.0.2.1", "ann") == nil)
    #expect(try begin("192.0.2.2", "ann") == nil)
    #expect(try begin("192.0.2.3", "ann") == .seconds(10))
    #expect(try begin("192.0.2.3", "bob") == nil)
    #expect(try begin("192.0.2.3", "ann", after: .seconds(10)) == nil)
  }

  @Test("guesses from one address are slowed down, whatever the name")
  func address() throws {
    for name in ["a", "b", "c"] { #expect(try begin("192.0.2.1", name) == nil) }
    #expect(try begin("192.0.2.1", "d") == .seconds(2))
    #expect(try begin("192.0.2.2", "d") == nil)
  }

  @Test("a refused attempt is not counted against the other limit")
  func refusedIsFree() throws {
    for _ in 0..<2 { #expect(try begin("192.0.2.1", "ann") == nil) }
    for _ in 0..<50 { #expect(try begin("192.0.2.1", "ann") != nil) }
    #expect(try begin("192.0.2.1", "bob") == nil)
  }

  @Test("who signs in is never slowed down")
  func success() throws {
    let address = try SocketAddress(ip: "192.0.2.1", port: 9)
    for _ in 0..<100 {
      #expect(try begin("192.0.2.1", "ann") == nil)
      throttle.succeeded(address: address, userName: "ann", now: Self.start)
    }
  }
}
