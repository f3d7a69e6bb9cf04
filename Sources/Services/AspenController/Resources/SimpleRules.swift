import AspenModel
import AspenStore

/// Streams: a stream keeps its camera.
struct StreamRules: ResourceRules {
  let kind = ResourceKind.stream

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let read = try StreamSpec(json: spec)
    if let current, current.spec["camera"]?.text != read.camera.text {
      throw ValidationError("/spec/camera", "cannot be changed; create another stream")
    }
    return SpecDraft(
      spec: read.json, extras: current == nil ? .stream(camera: read.camera) : .none,
      references: [.init(kind: .camera, name: read.camera, field: "/spec/camera")])
  }
}

/// Workers: they make themselves by joining; an operator cordons, drains and labels them.
struct WorkerRules: ResourceRules {
  let kind = ResourceKind.worker

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    SpecDraft(spec: try WorkerSpec(json: spec).json)
  }
}

/// Sites.
struct SiteRules: ResourceRules {
  let kind = ResourceKind.site

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    SpecDraft(spec: try SiteSpec(json: spec).json)
  }
}

/// Role bindings.
struct RoleBindingRules: ResourceRules {
  let kind = ResourceKind.roleBinding

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let read = try RoleBindingSpec(json: spec)
    var references: [SpecDraft.Reference] = []
    if read.subject.kind == .user {
      let name = try ObjectName(read.subject.name, field: "/spec/subject/name")
      references.append(.init(kind: .user, name: name, field: "/spec/subject/name"))
    }
    return SpecDraft(spec: read.json, references: references)
  }
}

/// Users: people who sign in with a password.
struct UserRules: ResourceRules {
  let kind = ResourceKind.user
  let passwords: PasswordHasher

  func prepare(_ spec: JSONValue?, of name: ObjectName) async throws -> SpecPreparation {
    guard let password = spec?["password"], password != .null else { return .none }
    guard let text = password.text else {
      throw ValidationError("/spec/password", "must be a string, not \(password.kindName)")
    }
    try PasswordRules.check(Secret(text), userName: name.text, field: "/spec/password")
    return .passwordHash(try await passwords.make(Secret(text)))
  }

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let read = try UserSpecInput(json: spec).spec
    if case .passwordHash(let hash) = preparation {
      return SpecDraft(spec: read.json, extras: .user(passwordHash: hash))
    }
    if current == nil { throw ValidationError("/spec/password", "is required") }
    return SpecDraft(spec: read.json, extras: .user(passwordHash: nil))
  }
}

/// Access tokens: made here, shown once.
struct TokenRules: ResourceRules {
  let kind = ResourceKind.token
  let now: @Sendable () -> Timestamp

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let read = try TokenSpec(json: spec, now: now())
    if current == nil { try read.expiresAt.map { try Self.checkFuture($0, now()) } }
    guard current == nil else { return SpecDraft(spec: read.json) }
    let token = TokenText.make(prefix: TokenText.operatorPrefix)
    return SpecDraft(
      spec: read.json, extras: .token(secretSHA256: TokenText.digest(of: token.revealed)),
      shownOnce: token)
  }

  static func checkFuture(_ expiry: Timestamp, _ now: Timestamp) throws {
    guard expiry > now else {
      throw ValidationError("/spec/expires_at", "is over already")
    }
  }
}

/// Join tokens: made here, shown once.
struct JoinTokenRules: ResourceRules {
  let kind = ResourceKind.joinToken
  let now: @Sendable () -> Timestamp

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let read = try JoinTokenSpec(json: spec, now: now())
    if current == nil { try read.expiresAt.map { try TokenRules.checkFuture($0, now()) } }
    guard current == nil else { return SpecDraft(spec: read.json) }
    let text = JoinTokenText.make()
    return SpecDraft(
      spec: read.json,
      extras: .joinToken(publicID: text.publicID, secretSHA256: text.digest),
      shownOnce: text.token)
  }
}
