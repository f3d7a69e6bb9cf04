import AspenIntegrationSupport
import AspenNet
import AspenPostgres
import AspenTelemetry
import AspenTestSupport
import Testing

@Suite("Pool: outages")
struct PostgresOutageTests {
  @Test("every request resolves when the server restarts under load, and the pool comes back")
  func restartUnderLoad() async throws {
    let cluster = try await PostgresCluster.start()
    try await withLoops(2) { loops in
      let pool = try PostgresPool(
        url: cluster.url(), loops: loops, limits: .forTests, log: Log.silent)
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      let isOver = Collected(false)
      let unexpected = Collected<[String]>()
      let failures = Collected(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<16 {
          group.addTask {
            while !isOver.value {
              do {
                if index % 4 == 0 {
                  try await pool.transaction { transaction in
                    _ = try await transaction.query("INSERT INTO t VALUES (1)")
                  }
                } else {
                  _ = try await pool.query("SELECT pg_sleep(0.001)")
                }
              } catch PostgresError.unavailable {
                failures.update { $0 += 1 }
                try await Task.sleep(for: .milliseconds(5))
              } catch {
                unexpected.append("\(error)")
              }
            }
          }
        }
        for _ in 0..<3 {
          try await Task.sleep(for: .milliseconds(100))
          try await cluster.stop()
          await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
          try await cluster.start()
          try await waitUntil("the pool to come back") {
            (try? await pool.query("SELECT 1")) != nil
          }
        }
        isOver.update { $0 = true }
        try await group.waitForAll()
      }
      #expect(unexpected.value == [])
      #expect(failures.value > 0)
      await pool.close()
    }
  }

  @Test("a server that is down fails requests at once, and later ones are answered when it is up")
  func stoppedThenStarted() async throws {
    let cluster = try await PostgresCluster.start()
    try await cluster.stop()
    try await withLoops { loops in
      let pool = try PostgresPool(url: cluster.url(), loops: loops, log: Log.silent)
      for _ in 0..<3 {
        let start = ContinuousClock.now
        await #expect {
          try await pool.query("SELECT 1")
        } throws: { error in
          if case .unavailable = error as? PostgresError { true } else { false }
        }
        await #expect(throws: PostgresError.self) {
          try await pool.transaction { try await $0.query("SELECT 1") }
        }
        // At once, and never longer than the bounded wait.
        #expect(ContinuousClock.now - start < .seconds(5))
      }
      try await cluster.start()
      try await waitUntil("the pool to come back") { (try? await pool.query("SELECT 1")) != nil }
      await pool.close()
    }
  }

  @Test(
    "a listener hears again after the server was restarted, and is told that it missed something")
  func listenAfterRestart() async throws {
    let cluster = try await PostgresCluster.start()
    try await withLoops { loops in
      let pool = try PostgresPool(
        url: cluster.url(), loops: loops, limits: .forTests, log: Log.silent)
      let heard = Collected<[String]>()
      pool.listen(channel: "news", orPoll: "SELECT 1") { heard.append($0) }
      try await waitUntil("listening") { heard.value == [""] }
      _ = try await pool.query("SELECT pg_notify('news', 'first')")
      try await waitUntil("the first") { heard.value == ["", "first"] }
      try await cluster.stop()
      try await cluster.start()
      try await waitUntil("listening again") { heard.value == ["", "first", ""] }
      try await waitUntil("the pool to come back") {
        (try? await pool.query("SELECT pg_notify('news', 'second')")) != nil
      }
      try await waitUntil("the second") { heard.value == ["", "first", "", "second"] }
      await pool.close()
    }
  }

  @Test(
    "a session that the server ends during a transaction fails it, and nothing runs outside of it")
  func sessionLostInTransaction() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      await #expect {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          let pid = try await transaction.query("SELECT pg_backend_pid() AS pid")[0].int("pid")
          _ = try await pool.query("SELECT pg_terminate_backend($1::int)", [.int(pid)])
          try await waitUntil("the loss") {
            (try? await transaction.query("SELECT 1")) == nil
          }
          try await waitUntil("the connection to come back") {
            let sessions = "SELECT FROM pg_stat_activity WHERE datname = current_database()"
            return try await pool.query(sessions).count == 4
          }
          _ = try await transaction.query("INSERT INTO t VALUES (2)")
        }
      } throws: { error in
        if case .unavailable = error as? PostgresError { true } else { false }
      }
      #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }
  }

  @Test("a session that falls silent is given up by the client, and the pool comes back")
  func silentSession() async throws {
    var limits = PostgresLimits.forTests
    limits.statementTimeout = .seconds(2)
    limits.silenceGrace = .milliseconds(500)
    try await withTestPool(connections: 2, limits: limits) { pool, _ in
      await #expect(throws: PostgresError.timeout) {
        try await pool.transaction { transaction in
          // As if the server had lost its own clock.
          _ = try await transaction.query("SET LOCAL statement_timeout = 0")
          _ = try await transaction.query("SELECT pg_sleep(600)")
        }
      }
      try await waitUntil("another transaction") {
        (try? await pool.transaction { try await $0.query("SELECT 1") }) != nil
      }
    }
  }

  @Test("a server that accepts and says nothing is given up within the deadline")
  func silentServer() async throws {
    try await withLoops { loops in
      let held = Collected<[ByteStream]>()
      let listener = try Listener(
        address: SocketAddress(ip: "127.0.0.1", port: 0), loops: loops, tls: nil, log: Log.silent
      ) { held.append($0) }
      var limits = PostgresLimits()
      limits.connectTimeout = .milliseconds(200)
      let pool = try PostgresPool(
        url: "postgresql://u@127.0.0.1:\(listener.address.port)/db", connections: 1, loops: loops,
        limits: limits, log: Log.silent)
      await #expect {
        try await pool.query("SELECT 1")
      } throws: { error in
        if case .unavailable = error as? PostgresError { true } else { false }
      }
      await pool.close()
      listener.close()
    }
  }
}
