import CLibPQ

extension PostgresResult {
  /// Reads one result of libpq and frees it.
  static func event(_ result: OpaquePointer) -> PipelineState.Event {
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
      return .done(PostgresResult(rows: rows(of: result), tag: tag(of: result)))
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      return .done(PostgresResult(rows: [], tag: tag(of: result)))
    case PGRES_PIPELINE_SYNC:
      return .sync
    case PGRES_PIPELINE_ABORTED:
      return .aborted
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      return .failed(.unavailable("COPY is not supported"))
    default:
      return .failed(error(of: result))
    }
  }

  private static func rows(of result: OpaquePointer) -> [PostgresRow] {
    let columnCount = PQnfields(result)
    let columns = PostgresColumns(
      names: (0..<columnCount).map { PQfname(result, $0).map { String(cString: $0) } ?? "" })
    return (0..<PQntuples(result)).map { row in
      let cells = (0..<columnCount).map { column -> String? in
        guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column)
        else { return nil }
        let bytes = UnsafeRawBufferPointer(
          start: value, count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
      }
      return PostgresRow(columns: columns, cells: cells)
    }
  }

  private static func tag(of result: OpaquePointer) -> String {
    PQcmdStatus(result).map { String(cString: $0) } ?? ""
  }

  private static func error(of result: OpaquePointer) -> PostgresError {
    func field(_ code: Int32) -> String? {
      PQresultErrorField(result, code).map { String(cString: $0) }
    }
    guard let sqlstate = field(ASPEN_PG_DIAG_SQLSTATE) else {
      // Only libpq's own errors have none: the connection is gone.
      return .unavailable(PQresultErrorMessage(result).map { String(cString: $0) } ?? "unknown")
    }
    return .server(
      sqlstate: sqlstate, severity: field(ASPEN_PG_DIAG_SEVERITY) ?? "ERROR",
      message: field(ASPEN_PG_DIAG_MESSAGE_PRIMARY) ?? "",
      constraint: field(ASPEN_PG_DIAG_CONSTRAINT_NAME), table: field(ASPEN_PG_DIAG_TABLE_NAME),
      column: field(ASPEN_PG_DIAG_COLUMN_NAME))
  }
}
