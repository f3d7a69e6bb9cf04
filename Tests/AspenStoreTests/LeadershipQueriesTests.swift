import AspenModel
import AspenPostgres
import AspenTestSupport
import Testing

@testable import AspenStore

private let lease = Duration.seconds(60)

@Suite("Leadership in the store")
struct LeadershipQueriesTests {

  private func take(
    _ store: Store, _ holder: String, lease time: Duration = lease
  ) async throws -> LeadershipClaim {
    let answer = try await LeadershipQueries.acquire(store, holder: holder, lease: time)
    guard case .leads(let epoch) = answer else { throw NotLeading(answer: answer) }
    return LeadershipClaim(holder: holder, epoch: epoch)
  }

  private func sql(_ store: Store, _ text: String) async throws {
    _ = try await store.pool.query(text, [])
  }

  /// The time by the database's clock, in the unit of epochs.
  private func milliseconds(_ store: Store) async throws -> Int64 {
    let rows = try await store.pool.query(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now", [])
    return try rows[0].int("now")
  }

  @Test("the first to ask leads, at an epoch that is the time; others are told how long to wait")
  func acquire() async throws {
    try await withStore { store in
      let before = try await milliseconds(store)
      let claim = try await take(store, "a")
      #expect((before...(try await milliseconds(store))).contains(claim.epoch))
      let answer = try await LeadershipQueries.acquire(store, holder: "b", lease: lease)
      guard case .follows(let remaining) = answer else { throw NotLeading(answer: answer) }
      #expect(remaining > .seconds(30) && remaining <= lease)
      let record = try await LeadershipQueries.current(store.pool)
      #expect(record == LeadershipRecord(holder: "a", epoch: claim.epoch))
    }
  }

  @Test(
    "a lease that has ended is anyone's, at a higher epoch; the old leader's renewal is refused")
  func ended() async throws {
    try await withStore { store in
      let old = try await take(store, "a", lease: .zero)
      let new = try await take(store, "b")
      #expect(new.epoch > old.epoch)
      let answer = try await LeadershipQueries.renew(store.pool, old, lease: lease)
      guard case .follows(let remaining) = answer else { throw NotLeading(answer: answer) }
      #expect(remaining > .seconds(30))
      #expect(
        try await LeadershipQueries.renew(store.pool, new, lease: lease)
          == .leads(epoch: new.epoch))
    }
  }

  @Test("a lease that has ended can be renewed while nobody has taken over")
  func lateRenewal() async throws {
    try await withStore { store in
      let claim = try await take(store, "a", lease: .zero)
      #expect(
        try await LeadershipQueries.renew(store.pool, claim, lease: lease)
          == .leads(epoch: claim.epoch))
      await #expect(throws: NotLeading.self) { try await take(store, "b") }
    }
  }

  @Test("a holder that has lost the answer asks again and gets the next epoch")
  func again() async throws {
    try await withStore { store in
      let first = try await take(store, "a")
      let second = try await take(store, "a")
      #expect(second.epoch > first.epoch)
    }
  }

  @Test("what is given back is anyone's at once, and the one who gave it can write no more")
  func release() async throws {
    try await withStore { store in
      let old = try await take(store, "a")
      try await LeadershipQueries.release(store.pool, old)
      await #expect(throws: StoreError.notLeader(epoch: old.epoch)) {
        try await store.write(leader: old) { _ in }
      }
      let new = try await take(store, "b")
      #expect(new.epoch > old.epoch)
      try await LeadershipQueries.release(store.pool, old)
      #expect(try await LeadershipQueries.current(store.pool).holder == "b")
    }
  }

  @Test("a lease that was written before the clock was set back is over")
  func clockSetBack() async throws {
    try await withStore { store in
      let old = try await take(store, "a", lease: .seconds(1))
      try await sql(store, "UPDATE leadership SET expires_at = expires_at + interval '1 hour'")
      #expect(try await take(store, "b").epoch > old.epoch)
    }
  }

  @Test("a write with an old epoch, or another's, is refused, and changes nothing")
  func fencing() async throws {
    try await withStore { store in
      let old = try await take(store, "a", lease: .zero)
      try await store.write(leader: old) { transaction in
        _ = try await ResourceQueries.create(
          transaction, .site, name: .of("first"), spec: [:])
      }
      let new = try await take(store, "b")
      for claim in [
        old, LeadershipClaim(holder: "a", epoch: new.epoch),
        LeadershipClaim(holder: "b", epoch: old.epoch),
      ] {
        await #expect(throws: StoreError.notLeader(epoch: claim.epoch)) {
          try await store.write(leader: claim) { transaction in
            _ = try await ResourceQueries.create(
              transaction, .site, name: .of("second"), spec: [:])
          }
        }
      }
      #expect(try await store.names(.site) == ["first"])
    }
  }

  @Test("a leader's write that is under way ends before another can lead")
  func takeOverWaits() async throws {
    try await withStore { store in
      let old = try await take(store, "a", lease: .zero)
      let order = Collected<[String]>([])
      let (isWriting, writing) = AsyncStream.makeStream(of: Void.self)
      try await withThrowingTaskGroup { group in
        group.addTask {
          try await store.write(leader: old) { transaction in
            writing.finish()
            try await waitUntil("the other to wait for its turn") {
              let rows = try await transaction.query(
                """
                SELECT count(*) AS waiting FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """, [])
              return try rows[0].int("waiting") == 1
            }
            order.update { $0.append("write") }
          }
        }
        for await _ in isWriting {}
        group.addTask {
          _ = try await take(store, "b")
          order.update { $0.append("take-over") }
        }
        try await group.waitForAll()
      }
      #expect(order.value == ["write", "take-over"])
    }
  }

  @Test("after a restore the next epoch is above all that were given out")
  func restore() async throws {
    try await withStore { store in
      try await sql(store, "CREATE TABLE backup AS SELECT * FROM leadership")
      var epochs: [Int64] = []
      for index in 0..<20 {
        epochs.append(try await take(store, "h\(index)", lease: .zero).epoch)
      }
      #expect(epochs == Array(Set(epochs)).sorted())
      try await sql(
        store,
        """
        UPDATE leadership SET holder = b.holder, epoch = b.epoch, expires_at = b.expires_at
        FROM backup b
        """)
      // A restore takes longer than the unit of epochs.
      let newest = try #require(epochs.max())
      try await waitUntil("a millisecond to pass") { try await milliseconds(store) > newest }
      #expect(try await take(store, "new").epoch > newest)
    }
  }

  @Test("two that race for leadership 1,000 times never both write in one epoch")
  func race() async throws {
    try await withStore(connections: 6) { store in
      try await sql(store, "CREATE TABLE written (epoch bigint, holder text)")
      let seed = UInt64.random(in: .min ... .max)
      print("seed \(seed)")
      try await withThrowingTaskGroup { group in
        for number in 0..<2 {
          group.addTask {
            let holder = "racer-\(number)"
            var generator = SeededGenerator(seed: seed &+ UInt64(number))
            for _ in 0..<1000 {
              let answer = try await LeadershipQueries.acquire(
                store, holder: holder,
                lease: .milliseconds(Int64.random(in: 0...2, using: &generator)))
              guard case .leads(let epoch) = answer else { continue }
              do {
                try await store.write(
                  leader: LeadershipClaim(holder: holder, epoch: epoch)
                ) { transaction in
                  _ = try await transaction.query(
                    "INSERT INTO written VALUES ($1, $2)", [.int(epoch), .text(holder)])
                }
              } catch StoreError.notLeader {}
            }
          }
        }
        try await group.waitForAll()
      }
      let rows = try await store.pool.query(
        """
        SELECT count(*) AS writes, count(DISTINCT holder) AS holders,
          (SELECT count(*) FROM (
            SELECT FROM written GROUP BY epoch HAVING count(DISTINCT holder) > 1) AS shared) AS shared
        FROM written
        """, [])
      #expect(try rows[0].int("shared") == 0)
      #expect(try rows[0].int("holders") == 2)
      #expect(try rows[0].int("writes") > 100)
    }
  }

  @Test("states are read with the epoch of the same moment")
  func epochOfStates() async throws {
    try await withStore { store in
      let claim = try await take(store, "a")
      let worker = try await store.addWorker("w")
      let state = try await AssignmentQueries.schedulingSnapshot(store)
      let desired = try await AssignmentQueries.desired(store.pool, workerID: worker.metadata.id)
      #expect(state.epoch == claim.epoch)
      #expect(desired.epoch == claim.epoch)
      #expect(desired.revision == state.revision)
    }
  }

  private struct NotLeading: Error {
    let answer: LeadershipAnswer
  }
}
