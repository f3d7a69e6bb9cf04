/// What the bearer of an access token may do, and until when.
package struct TokenSpec: Sendable, Hashable {
  package let role: AccessRole
  /// Nil is everything, also what belongs to no camera.
  package let selector: LabelSelector?
  /// Nil never expires.
  package let expiresAt: Timestamp?

  /// A spec of its parts.
  package init(role: AccessRole, selector: LabelSelector? = nil, expiresAt: Timestamp? = nil) {
    self.role = role
    self.selector = selector
    self.expiresAt = expiresAt
  }

  /// Reads a spec strictly. With `now`, as when a client sends it, `expires_in_seconds` may stand for
  /// `expires_at`.
  package init(
    json: JSONValue, now: Timestamp? = nil, at path: String = "/spec"
  ) throws(ValidationError) {
    let spec = try FieldReader.read(json, at: path) { fields -> TokenSpec? in
      let selector = fields.selector("selector")
      let expiresAt = fields.expiry(now: now)
      if fields.value("role") == nil { return fields.violate("role", "is required") }
      guard let role = fields.choice("role", of: AccessRole.self) else { return nil }
      return TokenSpec(role: role, selector: selector, expiresAt: expiresAt)
    }
    guard let spec else { throw ValidationError(path, "is not complete") }
    self = spec
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("role", .string(role.rawValue)),
      ("selector", selector.map { .string($0.description) }),
      ("expires_at", expiresAt.map { .string($0.text) }),
    ])
  }

  /// What the token lets its bearer do.
  package var grant: Grant { Grant(role: role, selector: selector) }
}
