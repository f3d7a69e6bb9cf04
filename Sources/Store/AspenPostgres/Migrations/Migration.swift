import AspenCrypto

/// One step of the database's schema, in the file `migrations/NNNN_name.sql`.
package struct Migration: Sendable, Hashable {
  /// 1, 2, 3 … without gaps.
  package let version: Int64
  package let name: String
  /// Statements separated by semicolons; without BEGIN and COMMIT.
  package let sql: String
  /// The digest of the text in hex, by which a changed file is noticed.
  package let sha256: String

  /// A migration of its text.
  package init(version: Int64, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
    sha256 = SHA256.hash(Array(sql.utf8)).reduce(into: "") { text, byte in
      let digits = String(byte, radix: 16)
      text += digits.utf8.count < 2 ? "0" + digits : digits
    }
  }
}

/// Why the database's schema cannot be brought up to date.
package enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The directory or one of its files cannot be read.
  case unreadable(path: String, message: String)
  /// A file is not named `NNNN_name.sql`.
  case badFileName(String)
  /// The versions of the files are not 1, 2, 3 …
  case notConsecutive(expected: Int64, found: Int64)
  /// A migration's text is not the one that was applied.
  case changed(version: Int64, name: String)
  /// The database has migrations that this program does not know.
  case databaseIsNewer(database: Int64, program: Int64)
  /// A migration's SQL failed; nothing was changed.
  case failed(version: Int64, name: String, cause: PostgresError)

  /// The failure in words.
  package var description: String {
    switch self {
    case .unreadable(let path, let message): "cannot read migrations from \(path): \(message)"
    case .badFileName(let name): "the migration file \(name) is not named NNNN_name.sql"
    case .notConsecutive(let expected, let found):
      "migration \(expected) is missing: the next one found is \(found)"
    case .changed(let version, let name):
      "migration \(version) (\(name)) was changed after it was applied to this database; "
        + "restore its file and add a new migration instead"
    case .databaseIsNewer(let database, let program):
      "the database has schema version \(database), but this program knows only \(program); "
        + "run a newer program"
    case .failed(let version, let name, let cause):
      "migration \(version) (\(name)) failed, and nothing was changed: \(cause)"
    }
  }
}
