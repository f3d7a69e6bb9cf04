import AspenIntegrationSupport
import AspenNet
import AspenTelemetry
import AspenTestSupport
import Testing

@testable import AspenPostgres

/// What is different behind PgBouncer in transaction mode, with the real one.
@Suite("Pool: behind PgBouncer")
struct PostgresBouncerTests {
  private func withPooledPool(
    connections: Int = 4, _ body: (PostgresPool, TestDatabase) async throws -> Void
  ) async throws {
    try await withTestDatabase { database in
      try await withLoops { loops in
        let pool = try PostgresPool(
          url: try await database.pooledURL(), connections: connections, loops: loops,
          limits: .forTests, log: Log.silent)
        do {
          try await body(pool, database)
        } catch {
          await pool.close()
          throw error
        }
        await pool.close()
      }
    }
  }

  @Test("many pipelined statements of many connections get their own answers")
  func pipelined() async throws {
    try await withPooledPool(connections: 8) { pool, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<32 {
          group.addTask {
            for index in 0..<50 {
              let number = Int64(task * 1_000 + index)
              let rows = try await pool.query("SELECT $1::bigint AS n", [.int(number)])
              #expect(try rows[0].int("n") == number)
            }
          }
          group.addTask {
            for index in 0..<10 {
              let number = Int64(task * 1_000 + index)
              let found = try await pool.transaction { transaction in
                _ = try await transaction.query("SET LOCAL application_name = 'n\(number)'")
                let rows = try await transaction.query(
                  "SELECT current_setting('application_name') AS n")
                return try rows[0].text("n")
              }
              #expect(found == "n\(number)")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("transactions have the settings of a direct session, and leave none behind")
  func settings() async throws {
    try await withPooledPool { pool, _ in
      let asked = """
        SELECT current_setting('statement_timeout') AS statement,
          current_setting('idle_in_transaction_session_timeout') AS idle,
          current_setting('jit') AS jit
        """
      let inside = try await pool.transaction { try await $0.query(asked) }
      #expect(inside.map(\.cells) == [["30s", "30s", "off"]])
      #expect(try await pool.query(asked).map(\.cells) == [["0", "0", "on"]])
    }
  }

  @Test("a failed statement takes no other with it and rolls its transaction back")
  func failures() async throws {
    try await withPooledPool(connections: 1) { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint UNIQUE)")
      async let good = pool.query("SELECT 1 AS n")
      async let bad = pool.query("SELECT 1/0")
      async let after = pool.query("SELECT 2 AS n")
      #expect(try await good.map(\.cells) == [["1"]])
      let failure: (any Error)?
      do {
        _ = try await bad
        failure = nil
      } catch {
        failure = error
      }
      #expect((failure as? PostgresError)?.sqlstate == "22012")
      #expect(try await after.map(\.cells) == [["2"]])
      await #expect(throws: PostgresError.self) {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
        }
      }
      #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }
  }

  @Test("a cancelled transaction stops on the server, and others are not hit")
  func cancellation() async throws {
    try await withPooledPool { pool, database in
      let task = Task {
        try await pool.transaction { try await $0.query("SELECT pg_sleep(20), 'cancel me'") }
      }
      let running = """
        SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%cancel me%'
          AND pid <> pg_backend_pid()
        """
      try await waitUntil("the statement to run") { try await pool.query(running).count == 1 }
      task.cancel()
      _ = await task.result
      try await waitUntil("the statement to end") { try await pool.query(running).isEmpty }
      _ = try await pool.transaction { try await $0.query("SELECT 1") }
    }
  }

  @Test("a listener through the pooler polls, and one that goes past it is notified")
  func listening() async throws {
    try await withTestDatabase { database in
      try await withLoops { loops in
        let pooled = try await database.pooledURL()
        for (listenURL, way) in [(nil, "polled"), (database.url, "notified")] {
          let pool = try PostgresPool(
            url: pooled, listenURL: listenURL, loops: loops, limits: .forTests, log: Log.silent)
          _ = try await pool.query("CREATE TABLE \(way) (n bigint)")
          _ = try await pool.query("INSERT INTO \(way) VALUES (1)")
          let heard = Collected<[String]>()
          pool.listen(channel: "news", orPoll: "SELECT n FROM \(way)") { heard.append($0) }
          try await waitUntil("the first look") { heard.value == [""] }
          _ = try await pool.query(
            "WITH more AS (UPDATE \(way) SET n = 2) SELECT pg_notify('news', '\(way)')")
          let payload = listenURL == nil ? "2" : way
          try await waitUntil("the second, \(way)") { heard.value == ["", payload] }
          await pool.close()
        }
      }
    }
  }

  @Test("settings that the pooler silently ignores do not hide it")
  func ignoredSettings() async throws {
    let cluster = try await PostgresCluster.start()
    let bouncer = try await cluster.startBouncer(ignoring: ["options"])
    try await withLoops { loops in
      let pool = try PostgresPool(
        url: bouncer.url(), connections: 6, loops: loops, limits: .forTests, log: Log.silent)
      let heard = Collected<[String]>()
      pool.listen(channel: "news", orPoll: "SELECT txid_snapshot_xmax(txid_current_snapshot())") {
        heard.append($0)
      }
      for _ in 0..<200 { _ = try await pool.query("SELECT $1::bigint AS n", [.int(1)]) }
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      try await waitUntil("the poll to see it") { heard.value.count >= 2 }
      await pool.close()
    }
  }

  @Test("requests resolve when the server restarts behind the pooler, and the pool comes back")
  func restart() async throws {
    let cluster = try await PostgresCluster.start()
    let bouncer = try await cluster.startBouncer()
    try await withLoops { loops in
      var limits = PostgresLimits.forTests
      limits.statementTimeout = .seconds(3)
      limits.connectTimeout = .seconds(2)
      let pool = try PostgresPool(
        url: bouncer.url(), loops: loops, limits: limits, log: Log.silent)
      _ = try await pool.query("SELECT 1")
      for shutdown in PostgresCluster.Shutdown.allCases {
        try await cluster.stop(shutdown)
        await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        try await cluster.start()
        try await waitUntil("the pool to come back") {
          (try? await pool.transaction { try await $0.query("SELECT 1") }) != nil
        }
      }
      await pool.close()
    }
  }
}
