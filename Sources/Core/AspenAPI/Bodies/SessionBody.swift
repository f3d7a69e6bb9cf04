package import AspenModel

/// The body of a sign-in: `{"username", "password"}`.
package struct LoginBody: Sendable, Hashable {
  /// As it was sent; it need not be the name of anybody.
  package let username: String
  package let password: Secret

  /// The longest user name that is looked at.
  package static let maxUsernameBytes = 128

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> LoginBody? in
      let username = fields.filledText("username", maxBytes: Self.maxUsernameBytes)
      let password = fields.filledText(
        "password", maxBytes: UserSpecInput.maxPasswordBytes)
      guard let username, let password else { return nil }
      return LoginBody(username: username, password: Secret(password))
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private init(username: String, password: Secret) {
    self.username = username
    self.password = password
  }
}

/// The body of the first administrator's making: `{"token", "username", "password"}`.
package struct SetupBody: Sendable, Hashable {
  /// The one-time token of the first start.
  package let token: Secret
  package let username: ObjectName
  package let password: Secret

  /// The longest token that is looked at.
  package static let maxTokenBytes = 256

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> SetupBody? in
      let token = fields.filledText("token", maxBytes: Self.maxTokenBytes)
      let shortest = UserSpecInput.shortestPassword
      let password = fields.filledText("password", maxBytes: UserSpecInput.maxPasswordBytes)
      if let password, password.unicodeScalars.count < shortest {
        fields.refuse("password", "must have at least \(shortest) characters")
      }
      guard let text = fields.requiredText("username") else { return nil }
      let username = fields.parsed("username") { () throws(ValidationError) in
        try ObjectName(text, field: "/username")
      }
      guard let token, let password, let username else { return nil }
      return SetupBody(token: Secret(token), username: username, password: Secret(password))
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private init(token: Secret, username: ObjectName, password: Secret) {
    self.token = token
    self.username = username
    self.password = password
  }
}

/// The body of a new view link: `{"stream", "expires_in_seconds"?}`.
package struct ViewLinkBody: Sendable, Hashable {
  package let stream: ObjectName
  package let expiresInSeconds: Int64

  /// 30 days: a link cannot be taken back before it expires.
  package static let longestSeconds: Int64 = 2_592_000
  /// An hour, unless said otherwise.
  package static let usualSeconds: Int64 = 3600

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> ViewLinkBody? in
      let seconds = fields.wholeNumber("expires_in_seconds", in: 1...Self.longestSeconds)
      guard let text = fields.requiredText("stream") else { return nil }
      let stream = fields.parsed("stream") { () throws(ValidationError) in
        try ObjectName(text, field: "/stream")
      }
      return stream.map {
        ViewLinkBody(stream: $0, expiresInSeconds: seconds ?? Self.usualSeconds)
      }
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private init(stream: ObjectName, expiresInSeconds: Int64) {
    self.stream = stream
    self.expiresInSeconds = expiresInSeconds
  }
}

extension FieldReader {
  /// A string that must be there and not empty.
  fileprivate mutating func filledText(_ name: String, maxBytes: Int) -> String? {
    guard let text = requiredText(name, maxBytes: maxBytes) else { return nil }
    return text.isEmpty ? violate(name, "must not be empty") : text
  }
}
