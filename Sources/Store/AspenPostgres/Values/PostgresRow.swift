/// One row of a result. Columns are read by name; a wrong name, type or an unexpected null is a
/// `PostgresError.decode` that names the column.
package struct PostgresRow: Sendable {
  let columns: PostgresColumns
  /// The values in PostgreSQL's text form; nil is null.
  let cells: [String?]

  /// The names of the columns, in order.
  package var columnNames: [String] { columns.names }

  /// A column's text.
  package func text(_ column: String) throws(PostgresError) -> String {
    guard let text = try optionalText(column) else {
      throw .decode(column: column, message: "is null")
    }
    return text
  }

  /// A column's text, or nil for null.
  package func optionalText(_ column: String) throws(PostgresError) -> String? {
    guard let index = columns.names.firstIndex(of: column) else {
      throw .decode(column: column, message: "is not in the result")
    }
    return cells[index]
  }

  /// Whether a column is null.
  package func isNull(_ column: String) throws(PostgresError) -> Bool {
    try optionalText(column) == nil
  }

  /// A whole number.
  package func int(_ column: String) throws(PostgresError) -> Int64 {
    try Self.whole(text(column), column)
  }

  /// A whole number, or nil for null.
  package func optionalInt(_ column: String) throws(PostgresError) -> Int64? {
    guard let text = try optionalText(column) else { return nil }
    return try Self.whole(text, column)
  }

  /// A truth value.
  package func bool(_ column: String) throws(PostgresError) -> Bool {
    switch try text(column) {
    case "t": return true
    case "f": return false
    default: throw .decode(column: column, message: "is not a boolean")
    }
  }

  /// A floating-point number.
  package func double(_ column: String) throws(PostgresError) -> Double {
    guard let number = Double(try text(column)) else {
      throw .decode(column: column, message: "is not a number")
    }
    return number
  }

  /// The bytes of a `bytea`.
  package func bytes(_ column: String) throws(PostgresError) -> [UInt8] {
    guard let bytes = Self.unhex(try text(column)) else {
      throw .decode(column: column, message: "is not bytea in hex form")
    }
    return bytes
  }

  /// Microseconds since 1970-01-01T00:00:00Z. The statement selects them as
  /// `(extract(epoch FROM at) * 1000000)::bigint AS at`: exact, since `extract` is `numeric` from
  /// PostgreSQL 14 on, and independent of the session's date style and time zone.
  package func timestamp(_ column: String) throws(PostgresError) -> Int64 {
    try int(column)
  }

  /// Microseconds since 1970-01-01T00:00:00Z, or nil for null.
  package func optionalTimestamp(_ column: String) throws(PostgresError) -> Int64? {
    try optionalInt(column)
  }

  private static func whole(_ text: String, _ column: String) throws(PostgresError) -> Int64 {
    guard let number = Int64(text) else {
      throw .decode(column: column, message: "is not a whole number")
    }
    return number
  }

  /// The hex form `\x0AFF` (PostgreSQL 8.4.1).
  private static func unhex(_ text: String) -> [UInt8]? {
    var digits = text.utf8[...]
    guard digits.popFirst() == 0x5C, digits.popFirst() == 0x78 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    while let high = digits.popFirst() {
      guard let low = digits.popFirst(), let high = nibble(high), let low = nibble(low) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    case 0x41...0x46: digit - 0x41 + 10
    default: nil
    }
  }
}

/// The column names of a result, shared by its rows.
final class PostgresColumns: Sendable {
  let names: [String]

  init(names: [String]) {
    self.names = names
  }
}

/// What one statement gave.
struct PostgresResult: Sendable {
  let rows: [PostgresRow]
  /// The command tag: `INSERT 0 1`, `ROLLBACK`.
  let tag: String

  static let empty = PostgresResult(rows: [], tag: "")
}
