import AspenAPI

/// How commands are called.
enum CommandWords {
  /// The group of commands for an operation: `role-binding` for `/v1/role-bindings/{name}`.
  static func noun(of operation: APIOperation) -> String {
    let parts = operation.path.split(separator: "/")
    guard parts.count >= 2, parts[1].hasSuffix("s") else { return String(parts.last ?? "") }
    return String(parts[1].dropLast())
  }
}
