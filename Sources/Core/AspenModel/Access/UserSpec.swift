/// A person who signs in with a password. What the person may do is said by role bindings.
package struct UserSpec: Sendable, Hashable {
  package let displayName: String?
  /// A disabled user cannot sign in, and is signed out.
  package let isDisabled: Bool

  /// A spec of its parts.
  package init(displayName: String? = nil, isDisabled: Bool = false) {
    self.displayName = displayName
    self.isDisabled = isDisabled
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("display_name", displayName.map { .string($0) }), ("disabled", .bool(isDisabled)),
    ])
  }
}

/// A user's spec as a client sends it, and the password that came with it.
package struct UserSpecInput: Sendable, Hashable {
  package let spec: UserSpec
  /// Nil leaves a stored password as it is.
  package let password: Secret?

  /// The characters of the shortest password: more than NIST SP 800-63B 5.1.1.1 asks for.
  package static let shortestPassword = 10
  /// The longest password, which bounds the work of hashing.
  package static let maxPasswordBytes = 256

  /// Reads a spec strictly. `password` may be written; it never comes back.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    self = try FieldReader.read(json, at: path) { fields in
      let password = fields.text("password", maxBytes: Self.maxPasswordBytes)
      if let password, password.unicodeScalars.count < Self.shortestPassword {
        fields.refuse("password", "must have at least \(Self.shortestPassword) characters")
      }
      return UserSpecInput(
        spec: UserSpec(
          displayName: fields.text("display_name", maxBytes: 256),
          isDisabled: fields.flag("disabled") ?? false),
        password: password.map { Secret($0) })
    }
  }

  private init(spec: UserSpec, password: Secret?) {
    self.spec = spec
    self.password = password
  }
}
