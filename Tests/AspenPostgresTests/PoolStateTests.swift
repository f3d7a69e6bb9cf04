import Testing

@testable import AspenPostgres

@Suite("Pool state")
struct PoolStateTests {
  private func ready(_ count: Int, maxPending: Int = 100) -> PoolState {
    var state = PoolState(connections: count, maxPending: maxPending)
    for slot in 0..<count { _ = state.becameReady(slot, epoch: 1) }
    return state
  }

  private func place(_ slot: Int, _ epoch: UInt64 = 1) -> PoolState.Lease {
    PoolState.Lease(slot: slot, epoch: epoch)
  }

  @Test("statements go to the connection with the fewest under way")
  func leastBusy() {
    var state = ready(2)
    #expect(state.requestQuery(1) == .use(place(0)))
    #expect(state.requestQuery(2) == .use(place(1)))
    #expect(state.requestQuery(3) == .use(place(0)))
    state.served(1)
    #expect(state.requestQuery(4) == .use(place(1)))
  }

  @Test("requests wait for the first connection and are served in order")
  func firstConnection() {
    var state = PoolState(connections: 2, maxPending: 100)
    #expect(state.requestQuery(1) == .wait(isConnected: false))
    #expect(state.requestLease(2) == .wait(isConnected: false))
    #expect(state.requestQuery(3) == .wait(isConnected: false))
    #expect(state.becameReady(1, epoch: 7) == [.query(1, place(1, 7)), .lease(2, place(1, 7))])
    #expect(state.becameReady(0, epoch: 8) == [.query(3, place(0, 8))])
  }

  @Test("when the last hope goes down all that wait are refused, and then everything is at once")
  func down() {
    var state = PoolState(connections: 2, maxPending: 100)
    _ = state.requestQuery(1)
    #expect(state.wentDown(0, "refused") == [])
    #expect(state.wentDown(1, "refused") == [.refusal(1, .unavailable("refused"))])
    #expect(state.requestQuery(2) == .refuse(.unavailable("refused")))
    #expect(state.requestLease(3) == .refuse(.unavailable("refused")))
    #expect(state.becameReady(0, epoch: 2) == [])
    #expect(state.requestQuery(4) == .use(place(0, 2)))
  }

  @Test("one connection of several is never leased; a single one is")
  func reserve() {
    var state = ready(3)
    #expect(state.requestLease(1) == .use(place(0)))
    #expect(state.requestLease(2) == .use(place(1)))
    #expect(state.requestLease(3) == .wait(isConnected: true))
    #expect(state.requestQuery(4) == .use(place(2)))
    #expect(state.leaseEnded(1) == [.lease(3, place(1))])
    var single = ready(1)
    #expect(single.requestLease(1) == .use(place(0)))
    #expect(single.requestQuery(2) == .wait(isConnected: true))
    #expect(single.leaseEnded(0) == [.query(2, place(0))])
  }

  @Test("a connection that is being replaced is worth waiting for")
  func replaced() {
    var state = ready(1)
    state.isBeingReplaced(0)
    #expect(state.requestQuery(1) == .wait(isConnected: false))
    #expect(state.becameReady(0, epoch: 2) == [.query(1, place(0, 2))])
  }

  @Test("beyond the bound requests are refused until others are served")
  func bound() {
    var state = ready(1, maxPending: 2)
    _ = state.requestQuery(1)
    _ = state.requestQuery(2)
    #expect(state.requestQuery(3) == .refuse(.unavailable("too many requests are waiting")))
    state.served(0)
    #expect(state.requestQuery(4) == .use(place(0)))
  }

  @Test("a waiter that gives up is not served")
  func withdraw() {
    var state = PoolState(connections: 1, maxPending: 10)
    _ = state.requestQuery(1)
    let withdrawals = [state.withdraw(1), state.withdraw(1)]
    #expect(withdrawals == [true, false])
    #expect(state.becameReady(0, epoch: 1) == [])
  }

  @Test("a closed pool refuses those that wait and those that come")
  func close() {
    var state = PoolState(connections: 1, maxPending: 10)
    _ = state.requestQuery(1)
    #expect(state.close() == [.refusal(1, .unavailable("the pool is closed"))])
    #expect(state.requestQuery(2) == .refuse(.unavailable("the pool is closed")))
  }
}

@Suite("Database address")
struct PostgresConfigurationTests {
  private func configuration(_ url: String) throws -> PostgresConfiguration {
    try PostgresConfiguration(url: url, limits: PostgresLimits())
  }

  private func parameters(
    _ url: String, addresses: [String: [String]] = [:], attempt: Int = 0
  ) throws -> [String: String] {
    let (keywords, values) = try configuration(url).parameters(
      addresses: addresses, attempt: attempt)
    return Dictionary(uniqueKeysWithValues: zip(keywords, values))
  }

  @Test("the address prints without its password")
  func redaction() throws {
    let configuration = try configuration("postgresql://me:hunter2@db.example:5433/aspen")
    #expect("\(configuration)" == "me@db.example:5433/aspen")
    var dump = ""
    Swift.dump(configuration, to: &dump)
    #expect(!dump.contains("hunter2"))
  }

  @Test("names are looked up by us, addresses and sockets are not")
  func resolution() throws {
    #expect(
      try configuration("host=a.example,127.0.0.1,/run/pg").hosts.map(\.needsResolution) == [
        true, false, false,
      ])
    let found = try parameters(
      "host=a.example,::1 port=1,2", addresses: ["a.example": ["192.0.2.1", "192.0.2.2"]])
    #expect(found["host"] == "a.example,a.example,::1")
    #expect(found["hostaddr"] == "192.0.2.1,192.0.2.2,::1")
    #expect(found["port"] == "1,1,2")
  }

  @Test("each attempt begins with another host")
  func rotation() throws {
    let hosts = try (0..<3).map { try parameters("host=/a,/b port=1,2", attempt: $0)["host"] }
    #expect(hosts == ["/a,/b", "/b,/a", "/a,/b"])
  }

  @Test("the session's settings are added to those of the address")
  func options() throws {
    let options = try parameters("postgresql://h/db?options=-c%20search_path%3Dx")["options"]
    #expect(
      options
        == "-c search_path=x -c statement_timeout=10000 -c idle_in_transaction_session_timeout=30000 "
        + "-c bytea_output=hex -c jit=off")
  }

  @Test("what is no address is refused")
  func malformed() {
    for text in ["http://x", "nonsense", "host=a,b port=1,2,3"] {
      #expect(throws: PostgresError.self) { try configuration(text) }
    }
  }
}
