import AspenIntegrationSupport
import AspenNet
import AspenPostgres
import AspenTelemetry
import AspenTestSupport
import Testing

@Suite("Pool: statements")
struct PostgresPoolTests {
  @Test("values of every kind come back as they were sent")
  func values() async throws {
    try await withTestPool { pool, _ in
      let bytes = (0...255).map { UInt8($0) }
      let rows = try await pool.query(
        """
        SELECT $1::text AS text, $2::bigint AS number, $3::boolean AS flag, $4::float8 AS real,
          $5::bytea AS bytes, $6::jsonb ->> 'a' AS json, ($7::text[])[2] AS element,
          ($8::bigint[])[2] AS second, $9::text AS nothing,
          (extract(epoch FROM timestamptz '2026-01-02 03:04:05.678901+00') * 1000000)::bigint AS at
        """,
        [
          .text("grüße \u{1F4F7}"), .int(.min), .bool(true), .double(0.1), .bytes(bytes),
          .json("{\"a\":\"b\"}"), .textArray(["x", "a\"\\,{}b"]), .intArray([1, -2]), .null,
        ])
      let row = try #require(rows.first)
      #expect(try row.text("text") == "grüße \u{1F4F7}")
      #expect(try row.int("number") == .min)
      #expect(try row.bool("flag"))
      #expect(try row.double("real") == 0.1)
      #expect(try row.bytes("bytes") == bytes)
      #expect(try row.text("json") == "b")
      #expect(try row.text("element") == "a\"\\,{}b")
      #expect(try row.int("second") == -2)
      #expect(try row.optionalText("nothing") == nil)
      #expect(try row.timestamp("at") == 1_767_323_045_678_901)
      #expect(throws: PostgresError.decode(column: "nothing", message: "is null")) {
        try row.text("nothing")
      }
      #expect(throws: PostgresError.decode(column: "other", message: "is not in the result")) {
        try row.int("other")
      }
    }
  }

  @Test("ten thousand selects at once on two connections each get their own answer")
  func manySelects() async throws {
    var limits = PostgresLimits.forTests
    limits.maxPendingRequests = 10_000
    try await withTestPool(connections: 2, limits: limits) { pool, _ in
      let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<10_000 {
          group.addTask {
            let rows = try await pool.query("SELECT $1::bigint AS number", [.int(Int64(index))])
            return try rows.first?.int("number") == Int64(index) ? 0 : 1
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(wrong == 0)
    }
  }

  @Test("statements of one caller on one connection run in order")
  func order() async throws {
    try await withTestPool(connections: 1) { pool, _ in
      _ = try await pool.query(
        "CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, n bigint)")
      for number in Int64(0)..<50 {
        _ = try await pool.query("INSERT INTO log (n) VALUES ($1)", [.int(number)])
      }
      let rows = try await pool.query("SELECT n FROM log ORDER BY id")
      #expect(try rows.map { try $0.int("n") } == Array(Int64(0)..<50))
    }
  }

  @Test("a statement that fails takes no other of its pipeline with it")
  func failureInPipeline() async throws {
    try await withTestPool(connections: 1) { pool, _ in
      let results = await withTaskGroup(of: (Int, Result<Int64, any Error>).self) { group in
        for index in 0..<300 {
          group.addTask {
            do {
              let divisor = Int64(index % 3)
              let rows = try await pool.query("SELECT 6 / $1::bigint AS n", [.int(divisor)])
              return (index, .success(try rows[0].int("n")))
            } catch {
              return (index, .failure(error))
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for (index, result) in results {
        switch (index % 3, result) {
        case (0, .failure(let error)): #expect((error as? PostgresError)?.sqlstate == "22012")
        case (1, .success(6)), (2, .success(3)): break
        default: Issue.record("statement \(index): \(result)")
        }
      }
    }
  }

  @Test("a refusal tells SQLSTATE, table, column and constraint")
  func refusal() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("CREATE TABLE t (n int NOT NULL CONSTRAINT small CHECK (n < 10))")
      await #expect {
        try await pool.query("INSERT INTO t VALUES (11)")
      } throws: { error in
        let error = error as? PostgresError
        return error?.sqlstate == "23514" && error?.constraint == "small"
      }
      await #expect {
        try await pool.query("INSERT INTO t VALUES (NULL)")
      } throws: { error in
        guard case .server("23502", _, _, "t", "n") = error as? PostgresError else { return false }
        return true
      }
    }
  }

  @Test("a text with a zero byte is refused before it is sent, and its neighbours are answered")
  func zeroByte() async throws {
    try await withTestPool(connections: 1) { pool, _ in
      async let before = pool.query("SELECT 1 AS n")
      await #expect(throws: PostgresError.encode(parameter: 1, message: "contains a zero byte")) {
        try await pool.query("SELECT $1::text", [.text("a\0b")])
      }
      let rows = try await before
      #expect(try rows[0].int("n") == 1)
      #expect(try await pool.query("SELECT 2 AS n")[0].int("n") == 2)
    }
  }

  @Test("a statement that takes too long ends with a timeout, and its connection goes on")
  func statementTimeout() async throws {
    var limits = PostgresLimits.forTests
    limits.statementTimeout = .milliseconds(300)
    try await withTestPool(connections: 1, limits: limits) { pool, _ in
      await #expect(throws: PostgresError.timeout) { try await pool.query("SELECT pg_sleep(30)") }
      try await waitUntil("an answer") {
        (try? await pool.query("SELECT 1 AS n")[0].int("n")) == 1
      }
    }
  }

  @Test("a cancelled caller is answered at once, and others are not affected")
  func cancellation() async throws {
    try await withTestPool(connections: 1) { pool, database in
      try await withLoops { loops in
        let observer = try PostgresPool(
          url: database.url, loops: loops, limits: .forTests, log: Log.silent)
        let task = Task { try await pool.query("SELECT pg_sleep(2)") }
        try await waitUntil("the statement to run") {
          let running = "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(2)'"
          return try await observer.query(running).count > 0
        }
        async let other = pool.query("SELECT 1 AS n")
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        let rows = try await other
        #expect(try rows[0].int("n") == 1)
        await observer.close()
      }
    }
  }

  @Test("requests beyond the bound are refused")
  func bound() async throws {
    var limits = PostgresLimits.forTests
    limits.maxPendingRequests = 10
    try await withTestPool(connections: 1, limits: limits) { pool, _ in
      _ = try await pool.query("SELECT 1")
      let refused = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<50 {
          group.addTask {
            do {
              _ = try await pool.query("SELECT pg_sleep(0.02)")
              return false
            } catch {
              return error as? PostgresError == .unavailable("too many requests are waiting")
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(refused > 0 && refused <= 40)
    }
  }

  @Test("a malformed address is an error that does not repeat it")
  func badAddress() throws {
    let loop = try EventLoop(name: "test")
    defer { loop.stop() }
    #expect {
      _ = try PostgresPool(
        url: "postgresql://me:hunter2%ZZ@host/db", loops: [loop], log: Log.silent)
    } throws: { error in
      guard case .configuration(let message) = error as? PostgresError else { return false }
      return !message.contains("hunter2")
    }
  }

  @Test("a host name is looked up without blocking the loop, and one that does not exist is down")
  func hostNames() async throws {
    try await withLoops { loops in
      let pool = try PostgresPool(
        url: "postgresql://u:hunter2@name.invalid/db", loops: loops, log: Log.silent)
      await #expect {
        try await pool.query("SELECT 1")
      } throws: { error in
        guard case .unavailable(let message) = error as? PostgresError else { return false }
        return !message.contains("hunter2")
      }
      await pool.close()
    }
  }

  @Test("a closed pool refuses at once")
  func closed() async throws {
    try await withTestPool { pool, _ in
      _ = try await pool.query("SELECT 1")
      await pool.close()
      await #expect(throws: PostgresError.unavailable("the pool is closed")) {
        try await pool.query("SELECT 1")
      }
    }
  }
}
