import AspenModel
import AspenStore

/// What the control plane must know of one kind of resource to keep it.
protocol ResourceRules: Sendable {
  var kind: ResourceKind { get }

  /// What must not wait inside a transaction, such as hashing a password. `spec` is as the user sent
  /// it, whole or a patch.
  func prepare(_ spec: JSONValue?, of name: ObjectName) async throws -> SpecPreparation

  /// Reads a whole spec strictly. `current` is nil for a new resource.
  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft
}

extension ResourceRules {
  func prepare(_ spec: JSONValue?, of name: ObjectName) async throws -> SpecPreparation { .none }
}

/// Whose spec it is.
struct SpecObject: Sendable, Hashable {
  let id: Int64
  let name: ObjectName
}

/// What was worked out before a spec is read.
enum SpecPreparation: Sendable, Hashable {
  case none
  /// The password that a camera has.
  case storedPassword(SealedSecret)
  case passwordHash(String)
}

/// A checked spec on its way to the store.
struct SpecDraft: Sendable {
  /// As it is stored and shown.
  let spec: JSONValue
  var extras: ResourceExtras = .none
  /// What must exist for it.
  var references: [Reference] = []
  /// Shown in the answer to its creation, and never again.
  var shownOnce: Secret?

  /// A resource that a field names.
  struct Reference: Sendable, Hashable {
    let kind: ResourceKind
    let name: ObjectName
    let field: String
  }
}
