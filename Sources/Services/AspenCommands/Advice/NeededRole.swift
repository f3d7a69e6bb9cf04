import AspenAPI
import AspenModel

/// What somebody must be allowed for an operation.
struct NeededRole: Sendable, Hashable {
  let role: AccessRole
  /// Whether a role for some cameras is enough, if the thing belongs to one of them.
  let mayBeScoped: Bool

  /// Nil for operations that no role opens.
  init?(_ operation: APIOperation) {
    guard case .role(let role, let scope) = operation.access else { return nil }
    self.role = role
    mayBeScoped = scope == .camera
  }

  /// As in `it needs …`.
  var words: String {
    "the role \(role.rawValue)" + (mayBeScoped ? " for this camera" : " for everything")
  }
}
