import AspenNet
import Testing

@testable import AspenController

@Suite("When an identity provider's keys are fetched")
struct OIDCKeyStateTests {
  private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  private let keys: JSONWebKeySet
  private let failed = "no route"

  init() async throws {
    keys = try JSONWebKeySet(parsing: try await OIDCTokens.shared.keys("first"))
  }

  private func after(_ seconds: Int) -> MonotonicTime { Self.start + .seconds(seconds) }

  /// A state that fetched its keys at the start.
  private func fetched() -> OIDCKeyState {
    var state = OIDCKeyState()
    state.began(at: Self.start)
    state.succeeded(keys, at: Self.start)
    return state
  }

  private func word(_ decision: OIDCKeyState.Decision) -> String {
    switch decision {
    case .use: "use"
    case .useAndFetch: "use and fetch"
    case .fetch: "fetch"
    case .unknownKey: "unknown key"
    case .away(let reason): "away: \(reason)"
    }
  }

  private func decide(_ state: OIDCKeyState, _ seconds: Int, fits: Bool = true) -> String {
    word(state.decide(at: after(seconds)) { _ in fits })
  }

  @Test("without keys they are fetched, and whoever comes meanwhile waits for the same fetch")
  func first() {
    var state = OIDCKeyState()
    #expect(decide(state, 0) == "fetch")
    state.began(at: Self.start)
    #expect(decide(state, 1) == "fetch")
    state.succeeded(keys, at: after(2))
    #expect(decide(state, 2) == "use")
  }

  @Test("after a failure nobody asks again before the pause is over")
  func firstFails() {
    var state = OIDCKeyState()
    state.began(at: Self.start)
    state.failed(failed)
    #expect(word(state.afterFetch(at: Self.start) { _ in true }) == "away: no route")
    #expect(decide(state, 9) == "away: no route")
    #expect(decide(state, 10) == "fetch")
  }

  @Test("fresh keys are used, older ones fetched again")
  func fresh() {
    let state = fetched()
    #expect(decide(state, 599) == "use")
    #expect(decide(state, 600) == "fetch")
  }

  @Test("while the provider is away old keys are used without waiting, until they are a day old")
  func away() {
    var state = fetched()
    state.began(at: after(600))
    state.failed(failed)
    #expect(word(state.afterFetch(at: after(601)) { _ in true }) == "use")
    #expect(decide(state, 605) == "use")
    #expect(decide(state, 610) == "use and fetch")
    #expect(decide(state, 86_399) == "use and fetch")
    #expect(decide(state, 86_400) == "fetch")
    state.began(at: after(86_400))
    state.failed(failed)
    #expect(word(state.afterFetch(at: after(86_400)) { _ in true }) == "away: no route")
  }

  @Test("an unknown key is asked for once, and not again before the pause is over")
  func unknown() {
    var state = fetched()
    #expect(decide(state, 5, fits: false) == "unknown key")
    #expect(decide(state, 10, fits: false) == "fetch")
    state.began(at: after(10))
    state.succeeded(keys, at: after(10))
    #expect(word(state.afterFetch(at: after(10)) { _ in false }) == "unknown key")
    #expect(decide(state, 15, fits: false) == "unknown key")
    #expect(decide(state, 15) == "use")
  }

  @Test("while the provider is away nobody says that a key does not exist")
  func unknownWhileAway() {
    var state = fetched()
    state.began(at: after(10))
    state.failed(failed)
    #expect(word(state.afterFetch(at: after(10)) { _ in false }) == "away: no route")
    #expect(decide(state, 15, fits: false) == "away: no route")
  }
}
