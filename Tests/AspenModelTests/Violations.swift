import AspenModel

/// The violations that `body` throws; empty when it throws none.
func violations(_ body: () throws(ValidationError) -> Void) -> [FieldViolation] {
  do {
    try body()
    return []
  } catch {
    return error.violations
  }
}

/// A document of JSON text that is known to be good.
func json(_ text: String) throws -> JSONValue {
  try JSONValue(parsing: Array(text.utf8))
}
