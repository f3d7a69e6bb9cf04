/// Whom a role binding is for.
package struct RoleSubject: Sendable, Hashable {
  /// The kinds of subjects.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A user of ASPEN, by name.
    case user
    /// A person or program of the identity provider, by its `sub`.
    case oidcSubject = "oidc_subject"
    /// A group of the identity provider.
    case oidcGroup = "oidc_group"
  }

  package let kind: Kind
  package let name: String

  /// The longest name of a subject (OpenID Connect Core 8: `sub` is at most 255 characters).
  package static let maxNameBytes = 255

  /// Somebody by kind and name.
  package init(kind: Kind, name: String) {
    self.kind = kind
    self.name = name
  }

  static func read(_ fields: inout FieldReader) -> RoleSubject? {
    if fields.value("kind") == nil { fields.refuse("kind", "is required") }
    let kind = fields.choice("kind", of: Kind.self)
    guard let name = fields.requiredText("name", maxBytes: maxNameBytes), let kind else {
      return nil
    }
    if name.isEmpty { return fields.violate("name", "must not be empty") }
    if kind == .user, fields.objectName("name") == nil { return nil }
    return RoleSubject(kind: kind, name: name)
  }

  /// The subject as stored and shown.
  package var json: JSONValue { ["kind": .string(kind.rawValue), "name": .string(name)] }
}

/// Gives somebody a role.
package struct RoleBindingSpec: Sendable, Hashable {
  package let subject: RoleSubject
  package let role: AccessRole
  /// Nil is everything, also what belongs to no camera.
  package let selector: LabelSelector?

  /// A spec of its parts.
  package init(subject: RoleSubject, role: AccessRole, selector: LabelSelector? = nil) {
    self.subject = subject
    self.role = role
    self.selector = selector
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    let spec = try FieldReader.read(json, at: path) { fields -> RoleBindingSpec? in
      let selector = fields.selector("selector")
      if fields.value("role") == nil { fields.refuse("role", "is required") }
      let role = fields.choice("role", of: AccessRole.self)
      if fields.value("subject") == nil { return fields.violate("subject", "is required") }
      let subject = fields.object("subject") { subject in RoleSubject.read(&subject) } ?? nil
      guard let subject, let role else { return nil }
      return RoleBindingSpec(subject: subject, role: role, selector: selector)
    }
    guard let spec else { throw ValidationError(path, "is not complete") }
    self = spec
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("subject", subject.json), ("role", .string(role.rawValue)),
      ("selector", selector.map { .string($0.description) }),
    ])
  }

  /// What the subject may do.
  package var grant: Grant { Grant(role: role, selector: selector) }
}
