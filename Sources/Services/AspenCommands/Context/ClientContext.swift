import AspenClient
import AspenModel

/// A controller and who one is there, under a name: what `aspen login` keeps.
struct ClientContext: Sendable, Hashable {
  var server: String
  /// Certificates to trust, a path.
  var ca: String?
  var credential = ClientCredential.none
  /// Who signed in; for people.
  var username: String?

  /// Reads a context of the configuration file.
  static func read(_ json: JSONValue, at path: String) throws(ValidationError) -> ClientContext {
    let context = try FieldReader.read(json, at: path) { fields -> ClientContext? in
      let server = fields.requiredText("server")
      let ca = fields.text("ca", maxBytes: 4096)
      let token = fields.text("token", maxBytes: ClientConfiguration.maxCredentialBytes)
      let session = fields.text("session", maxBytes: ClientConfiguration.maxCredentialBytes)
      let username = fields.text("username")
      if token != nil, session != nil {
        fields.refuse("session", "goes without 'token'")
      }
      guard let server else { return nil }
      let credential: ClientCredential =
        token.map { .token(Secret($0)) } ?? session.map { .session(Secret($0)) } ?? .none
      return ClientContext(server: server, ca: ca, credential: credential, username: username)
    }
    guard let context else { throw ValidationError(path, "names no server") }
    return context
  }

  /// As it stands in the file, secrets included.
  var stored: JSONValue {
    var token: Secret?
    var session: Secret?
    switch credential {
    case .none: break
    case .token(let secret): token = secret
    case .session(let secret): session = secret
    }
    return .object(compacting: [
      ("server", .string(server)), ("ca", ca.map { .string($0) }),
      ("token", token.map { .string($0.revealed) }),
      ("session", session.map { .string($0.revealed) }),
      ("username", username.map { .string($0) }),
    ])
  }

  /// What proves who one is, in words.
  var credentialWords: String {
    switch credential {
    case .none: "none"
    case .token: "token"
    case .session: "session" + (username.map { " of \($0)" } ?? "")
    }
  }

  /// As people and programs may see it, without secrets.
  func shown(name: String, isCurrent: Bool) -> JSONValue {
    .object(compacting: [
      ("name", .string(name)), ("server", .string(server)), ("ca", ca.map { .string($0) }),
      ("credential", .string(credentialWords)), ("current", .bool(isCurrent)),
    ])
  }
}
