import AspenNet
package import AspenPostgres
import AspenTelemetry

/// An empty database that one test has for itself, on a server that all tests of the process share.
package struct TestDatabase: Sendable {
  /// The libpq URL.
  package let url: String
  private let name: String

  /// Makes a database. Prefer `withTestDatabase`, which also drops it.
  package static func create() async throws -> TestDatabase {
    try await SharedCluster.shared.createDatabase()
  }

  fileprivate init(url: String, name: String) {
    self.url = url
    self.name = name
  }

  /// Runs one statement in the database at `url`; returns the number of rows.
  @discardableResult
  package static func run(_ sql: String, at url: String) async throws -> Int {
    let loop = try EventLoop(name: "postgres-test")
    defer { loop.stop() }
    let pool = try PostgresPool(
      url: url, connections: 1, loops: [loop], limits: .forTests, log: Log.silent)
    let result: Result<Int, any Error>
    do {
      result = .success(try await pool.query(sql, []).count)
    } catch {
      result = .failure(error)
    }
    await pool.close()
    return try result.get()
  }

  /// Breaks the connections to the database and drops it.
  package func drop() async throws {
    try await SharedCluster.shared.dropDatabase(name)
  }
}

/// Runs `body` with a database of its own. Only a few run at a time: the server has so many connections,
/// and the tests' deadlines should be those of their subject. `body` must not call this again.
package func withTestDatabase<R>(_ body: (TestDatabase) async throws -> R) async throws -> R {
  await SharedCluster.shared.takeTurn()
  let result: Result<R, any Error>
  do {
    let database = try await TestDatabase.create()
    do {
      result = .success(try await body(database))
    } catch {
      result = .failure(error)
    }
    try? await database.drop()
  } catch {
    result = .failure(error)
  }
  await SharedCluster.shared.endTurn()
  return try result.get()
}

/// Runs `body` with a pool on a database of its own. The limits' deadlines are meant for a busy machine
/// and longer than those of a program.
package func withTestPool<R>(
  connections: Int = 4, limits: PostgresLimits = .forTests,
  _ body: (PostgresPool, TestDatabase) async throws -> R
) async throws -> R {
  try await withTestDatabase { database in
    let loop = try EventLoop(name: "postgres-test")
    defer { loop.stop() }
    let pool = try PostgresPool(
      url: database.url, connections: connections, loops: [loop], limits: limits, log: Log.silent)
    do {
      let result = try await body(pool, database)
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }
}

extension PostgresLimits {
  /// The default limits with time for a busy machine.
  package static var forTests: PostgresLimits {
    var limits = PostgresLimits()
    limits.firstConnectionWait = .seconds(30)
    limits.connectTimeout = .seconds(30)
    limits.statementTimeout = .seconds(30)
    return limits
  }
}

/// The server that the tests of this process share, started by the first that needs it.
private actor SharedCluster {
  static let shared = SharedCluster()

  private struct Running {
    let cluster: PostgresCluster
    let admin: PostgresPool
  }

  private static let turns = 6
  private var turnsTaken = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var starting: Task<Running, any Error>?
  private var sequence = 0

  func createDatabase() async throws -> TestDatabase {
    let running = try await running()
    sequence += 1
    let name = "test\(sequence)"
    _ = try await running.admin.query("CREATE DATABASE \(name) TEMPLATE template0")
    return TestDatabase(url: running.cluster.url(database: name), name: name)
  }

  func dropDatabase(_ name: String) async throws {
    _ = try await running().admin.query("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
  }

  /// Waits until fewer than `turns` tests use a database.
  func takeTurn() async {
    if turnsTaken < Self.turns {
      turnsTaken += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// Hands the turn on to the one who has waited longest.
  func endTurn() {
    if waiting.isEmpty {
      turnsTaken -= 1
    } else {
      waiting.removeFirst().resume()
    }
  }

  private func running() async throws -> Running {
    let task =
      starting
      ?? Task {
        let cluster = try await PostgresCluster.start()
        let loop = try EventLoop(name: "cluster-admin")
        var limits = PostgresLimits.forTests
        // Copying a database takes its time on a busy disk.
        limits.statementTimeout = .seconds(300)
        let admin = try PostgresPool(
          url: cluster.url(), connections: 2, loops: [loop], limits: limits, log: Log.silent)
        return Running(cluster: cluster, admin: admin)
      }
    starting = task
    return try await task.value
  }
}
