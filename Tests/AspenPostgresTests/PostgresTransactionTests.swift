import AspenIntegrationSupport
import AspenPostgres
import AspenTestSupport
import Testing

@Suite("Pool: transactions")
struct PostgresTransactionTests {
  private struct Refusal: Error {}

  @Test("a transaction that ends well is there, one that throws is not")
  func commitAndRollback() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      let value = try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        return "done"
      }
      #expect(value == "done")
      await #expect(throws: Refusal.self) {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (2)")
          throw Refusal()
        }
      }
      #expect(try await pool.query("SELECT n FROM t").map { try $0.int("n") } == [1])
    }
  }

  @Test("a body that swallows a failed statement does not commit")
  func swallowedFailure() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      await #expect {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          _ = try? await transaction.query("SELECT 1 / 0")
        }
      } throws: { ($0 as? PostgresError)?.sqlstate == "25P02" }
      #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }
  }

  @Test("a cancelled transaction is rolled back and its running statement is stopped")
  func cancellation() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      let task = Task {
        try await pool.transaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          _ = try await transaction.query("SELECT pg_sleep(25)")
        }
      }
      let running =
        "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(25)' AND state = 'active'"
      try await waitUntil("the statement to run") { try await pool.query(running).count > 0 }
      task.cancel()
      await #expect(throws: PostgresError.cancelled) { try await task.value }
      try await waitUntil("the statement to stop", deadline: .seconds(15)) {
        try await pool.query(running).isEmpty
      }
      #expect(try await pool.query("SELECT n FROM t").isEmpty)
    }
  }

  @Test("transactions in conflict run again until all have happened")
  func retries() async throws {
    try await withTestPool(connections: 5) { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      _ = try await pool.query("INSERT INTO t VALUES (0)")
      let attempts = Collected(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await pool.transaction(isolation: .serializable) { transaction in
              attempts.update { $0 += 1 }
              let n = try await transaction.query("SELECT n FROM t")[0].int("n")
              _ = try await transaction.query("SELECT pg_sleep(0.02)")
              _ = try await transaction.query("UPDATE t SET n = $1", [.int(n + 1)])
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await pool.query("SELECT n FROM t")[0].int("n") == 4)
      #expect(attempts.value > 4)
    }
  }

  @Test("a conflict that does not end is thrown after the last attempt")
  func retriesEnd() async throws {
    try await withTestPool { pool, _ in
      let attempts = Collected(0)
      await #expect {
        try await pool.transaction { transaction in
          attempts.update { $0 += 1 }
          _ = try await transaction.query(
            "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
        }
      } throws: { ($0 as? PostgresError)?.sqlstate == "40001" }
      #expect(attempts.value == PostgresLimits().maxTransactionAttempts)
    }
  }

  @Test("statements pass while as many transactions run as may")
  func reservedConnection() async throws {
    try await withTestPool(connections: 2) { pool, _ in
      let gate = Collected(false)
      let task = Task {
        try await pool.transaction { transaction in
          _ = try await transaction.query("SELECT 1")
          try await waitUntil("the gate") { gate.value }
        }
      }
      let waiting = Task { try await pool.transaction { try await $0.query("SELECT 2 AS n") } }
      for _ in 0..<20 { _ = try await pool.query("SELECT 1") }
      gate.update { $0 = true }
      try await task.value
      #expect(try await waiting.value[0].int("n") == 2)
    }
  }

  @Test("an ended transaction answers nothing")
  func endedTransaction() async throws {
    try await withTestPool { pool, _ in
      let leaked = try await pool.transaction { $0 }
      await #expect(throws: PostgresError.unavailable("the transaction has ended")) {
        try await leaked.query("SELECT 1")
      }
    }
  }

  @Test("a snapshot sees nothing of what happens meanwhile and cannot write")
  func snapshot() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n bigint)")
      let counts = try await pool.transaction(isolation: .snapshot) { transaction in
        let before = try await transaction.query("SELECT n FROM t").count
        _ = try await pool.query("INSERT INTO t VALUES (1)")
        return [before, try await transaction.query("SELECT n FROM t").count]
      }
      #expect(counts == [0, 0])
      await #expect {
        try await pool.transaction(isolation: .snapshot) { transaction in
          try await transaction.query("INSERT INTO t VALUES (2)")
        }
      } throws: { ($0 as? PostgresError)?.sqlstate == "25006" }
    }
  }
}
