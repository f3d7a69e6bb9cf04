/// Why the database did not do what was asked.
package enum PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The database cannot be reached, is shutting down, or has no room for one more request. A change
  /// that was under way may or may not have happened.
  case unavailable(String)
  /// PostgreSQL refused the statement. `sqlstate` is from its appendix A; the message holds no row
  /// values except those of malformed literals.
  case server(
    sqlstate: String, message: String, constraint: String?, table: String?, column: String?)
  /// The statement took too long, on the server or until its answer came. It may have happened.
  case timeout
  /// The caller's task was cancelled. Outside a transaction the statement may still happen.
  case cancelled
  /// A result did not have the expected form.
  case decode(column: String, message: String)
  /// A parameter cannot be sent.
  case encode(parameter: Int, message: String)
  /// The database's address is malformed.
  case configuration(String)

  /// The failure in words. Never holds a password.
  package var description: String {
    switch self {
    case .unavailable(let message): "the database is unavailable: \(message)"
    case .server(let sqlstate, let message, _, _, _): "\(message) (SQLSTATE \(sqlstate))"
    case .timeout: "the database did not answer in time"
    case .cancelled: "cancelled"
    case .decode(let column, let message): "column \(column) \(message)"
    case .encode(let parameter, let message): "parameter \(parameter) \(message)"
    case .configuration(let message): message
    }
  }

  /// The SQLSTATE of a refusal.
  package var sqlstate: String? {
    if case .server(let sqlstate, _, _, _, _) = self { sqlstate } else { nil }
  }

  /// The constraint that a refusal names.
  package var constraint: String? {
    if case .server(_, _, let constraint, _, _) = self { constraint } else { nil }
  }

  /// Whether the transaction would succeed if it ran again: a serialization failure or a deadlock.
  var isTransient: Bool {
    sqlstate == "40001" || sqlstate == "40P01"
  }

  /// An error of the server with its class decided by SQLSTATE.
  static func server(
    sqlstate: String, severity: String, message: String, constraint: String?, table: String?,
    column: String?
  ) -> PostgresError {
    switch sqlstate {
    // query_canceled: only `statement_timeout` cancels statements that somebody still waits for.
    case "57014": .timeout
    case "53300", "57P01", "57P02", "57P03": .unavailable(message)
    default:
      // A FATAL error ends the session.
      severity == "FATAL" || severity == "PANIC"
        ? .unavailable(message)
        : .server(
          sqlstate: sqlstate, message: message, constraint: constraint, table: table,
          column: column)
    }
  }
}
