import AspenIntegrationSupport
import AspenPostgres
import AspenTestSupport
import Testing

@Suite("Migrator")
struct MigratorTests {
  private static let first = Migration(
    version: 1, name: "first",
    sql: """
      CREATE TABLE a (n bigint);
      -- A semicolon in a body; and in a comment.
      CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'x;y'; $$;
      INSERT INTO a VALUES (1);
      """)
  private static let second = Migration(
    version: 2, name: "second", sql: "ALTER TABLE a ADD m bigint")

  @Test("migrations run once, in the order of their versions")
  func runsOnce() async throws {
    try await withTestPool { pool, _ in
      #expect(try await Migrator(migrations: [Self.first]).migrate(pool) == [Self.first])
      let both = try Migrator(migrations: [Self.second, Self.first])
      #expect(try await both.migrate(pool) == [Self.second])
      #expect(try await both.migrate(pool) == [])
      #expect(try await pool.query("SELECT n, m FROM a").count == 1)
    }
  }

  @Test("a migration that fails leaves nothing, not even those before it")
  func failure() async throws {
    try await withTestPool { pool, _ in
      let bad = Migration(version: 2, name: "bad", sql: "CREATE TABLE b (); SELECT 1 / 0")
      await #expect {
        try await Migrator(migrations: [Self.first, bad]).migrate(pool)
      } throws: { error in
        guard case .failed(2, "bad", let cause) = error as? MigrationError else { return false }
        return cause.sqlstate == "22012"
      }
      let tables = try await pool.query("SELECT to_regclass('a') AS a, to_regclass('b') AS b")
      #expect(try tables[0].isNull("a"))
      #expect(try tables[0].isNull("b"))
      #expect(try await Migrator(migrations: [Self.first]).migrate(pool) == [Self.first])
    }
  }

  @Test("a migration that was changed after it was applied is refused")
  func changed() async throws {
    try await withTestPool { pool, _ in
      try await Migrator(migrations: [Self.first]).migrate(pool)
      let changed = Migration(version: 1, name: "first", sql: Self.first.sql + " ")
      await #expect(throws: MigrationError.changed(version: 1, name: "first")) {
        try await Migrator(migrations: [changed, Self.second]).migrate(pool)
      }
    }
  }

  @Test("a database newer than the program is refused")
  func newer() async throws {
    try await withTestPool { pool, _ in
      try await Migrator(migrations: [Self.first, Self.second]).migrate(pool)
      await #expect(throws: MigrationError.databaseIsNewer(database: 2, program: 1)) {
        try await Migrator(migrations: [Self.first]).migrate(pool)
      }
    }
  }

  @Test("a gap between versions is refused")
  func gap() throws {
    #expect(throws: MigrationError.notConsecutive(expected: 1, found: 2)) {
      try Migrator(migrations: [Self.second])
    }
  }

  @Test("of several migrators at once one does the work")
  func concurrent() async throws {
    try await withTestPool(connections: 6) { pool, _ in
      let migrator = try Migrator(migrations: [Self.first, Self.second])
      let applied = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try await migrator.migrate(pool).count } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(applied.sorted() == [0, 0, 0, 2])
    }
  }

  @Test("migrations are read from a directory by their file names")
  func load() throws {
    let directory = try TemporaryDirectory()
    try directory.write("SELECT 2", to: "0002_b_c.sql")
    try directory.write("SELECT 1", to: "0001_a.sql")
    try directory.write("not SQL", to: "README.md")
    let migrations = try Migrator.load(directory: directory.path).migrations
    #expect(migrations.map(\.name) == ["a", "b_c"])
    #expect(migrations.map(\.sql) == ["SELECT 1", "SELECT 2"])
    #expect(
      migrations[0].sha256 == "e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5")
    try directory.write("", to: "3_c.sql")
    #expect(throws: MigrationError.badFileName("3_c.sql")) {
      try Migrator.load(directory: directory.path)
    }
    #expect(throws: MigrationError.self) { try Migrator.load(directory: directory.path + "/none") }
  }
}
