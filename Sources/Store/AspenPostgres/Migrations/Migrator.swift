import AspenNet
import FoundationEssentials

/// Brings the database's schema up to date, forward only.
///
/// All pending migrations run in one transaction, under a lock that lets one program do so at a time.
package struct Migrator: Sendable {
  /// In the order of their versions.
  package let migrations: [Migration]

  /// How long one migration, or waiting for another program's, may take.
  private static let timeout = Duration.seconds(600)
  /// "ASPENMIG" in ASCII: the key of the transaction's advisory lock.
  private static let lockKey: Int64 = 0x4153_5045_4E4D_4947

  /// A migrator of these migrations, whose versions must be 1, 2, 3 … in any order.
  package init(migrations: [Migration]) throws(MigrationError) {
    self.migrations = migrations.sorted { $0.version < $1.version }
    var expected: Int64 = 1
    for migration in self.migrations {
      guard migration.version == expected else {
        throw .notConsecutive(expected: expected, found: migration.version)
      }
      expected += 1
    }
  }

  /// A migrator of all `NNNN_name.sql` files in a directory; other `.sql` names are an error, other
  /// files are ignored. Blocks while it reads.
  package static func load(directory: String) throws(MigrationError) -> Migrator {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw .unreadable(path: directory, message: "not a readable directory")
    }
    var migrations: [Migration] = []
    for name in names where name.hasSuffix(".sql") {
      let parts = name.dropLast(4).split(separator: "_", maxSplits: 1)
      guard parts.count == 2, parts[0].utf8.count == 4, let version = Int64(parts[0]) else {
        throw .badFileName(name)
      }
      let path = directory + "/" + name
      guard let data = FileManager.default.contents(atPath: path),
        let sql = String(validating: Array(data), as: UTF8.self)
      else {
        throw .unreadable(path: path, message: "not a readable UTF-8 file")
      }
      migrations.append(Migration(version: version, name: String(parts[1]), sql: sql))
    }
    return try Migrator(migrations: migrations)
  }

  /// Applies what is missing and returns it. Throws `MigrationError`, or `PostgresError` if the
  /// database cannot be asked.
  @discardableResult
  package func migrate(_ pool: PostgresPool) async throws -> [Migration] {
    try await pool.transaction { transaction in
      try await prepare(transaction)
      let pending = try pending(try await applied(transaction))
      for migration in pending { try await apply(migration, transaction) }
      return pending
    }
  }

  /// What is missing, given versions and digests of what was applied.
  func pending(
    _ applied: [(version: Int64, sha256: String)]
  ) throws(MigrationError) -> [Migration] {
    if let newest = applied.map(\.version).max(), newest > Int64(migrations.count) {
      throw .databaseIsNewer(database: newest, program: Int64(migrations.count))
    }
    var expected: Int64 = 1
    for (version, sha256) in applied.sorted(by: { $0.version < $1.version }) {
      guard version == expected else {
        throw .notConsecutive(expected: expected, found: version)
      }
      let migration = migrations[Int(version) - 1]
      guard migration.sha256 == sha256 else {
        throw .changed(version: version, name: migration.name)
      }
      expected += 1
    }
    return Array(migrations.dropFirst(applied.count))
  }

  private func prepare(_ transaction: PostgresTransaction) async throws(PostgresError) {
    let milliseconds = Self.timeout.wholeMilliseconds
    _ = try await transaction.query("SET LOCAL statement_timeout = \(milliseconds)")
    _ = try await transaction.run(
      PostgresRequest(
        "SELECT pg_advisory_xact_lock($1)", [.int(Self.lockKey)], timeout: Self.timeout))
    _ = try await transaction.query(
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (
        version    bigint PRIMARY KEY CHECK (version > 0),
        name       text NOT NULL,
        sha256     text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )
      """)
  }

  private func applied(
    _ transaction: PostgresTransaction
  ) async throws(PostgresError) -> [(version: Int64, sha256: String)] {
    var applied: [(version: Int64, sha256: String)] = []
    for row in try await transaction.query("SELECT version, sha256 FROM schema_migrations") {
      applied.append((try row.int("version"), try row.text("sha256")))
    }
    return applied
  }

  private func apply(_ migration: Migration, _ transaction: PostgresTransaction) async throws {
    do {
      try await transaction.script(migration.sql, timeout: Self.timeout)
      _ = try await transaction.query(
        "INSERT INTO schema_migrations (version, name, sha256) VALUES ($1, $2, $3)",
        [.int(migration.version), .text(migration.name), .text(migration.sha256)])
    } catch {
      throw MigrationError.failed(version: migration.version, name: migration.name, cause: error)
    }
  }
}
