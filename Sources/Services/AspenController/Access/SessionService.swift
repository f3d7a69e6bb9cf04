import AspenAPI
import AspenModel
import AspenNet
import AspenStore
import Logging

/// People's sessions: sign-in with a password, and the first administrator.
struct SessionService: Sendable {
  /// A session ends this long after the sign-in.
  static let lifetime = Duration.seconds(12 * 3600)

  let store: Store
  let passwords: PasswordHasher
  let throttle: LoginThrottle
  let authenticator: Authenticator
  let now: @Sendable () -> Timestamp
  let log: Logger

  /// A session that was just opened, with the secret that proves it.
  struct Opened: Sendable {
    let caller: Caller
    let secret: Secret
  }

  private static let refused = Problem(
    .unauthorized, "the user name or the password is wrong, or the user is disabled")

  /// Opens a session. An unknown user and a wrong password are one answer and take the same time.
  func open(
    username: String, password: Secret, origin: ChangeOrigin, peer: SocketAddress
  ) async throws -> Opened {
    if let wait = throttle.begin(address: peer, userName: username) {
      throw TooManyRequests(retryAfter: wait)
    }
    let name = try? ObjectName(username)
    var found: StoredUser?
    if let name { found = try await AccessQueries.user(store.pool, name) }
    let isRight = try await passwords.verify(password, against: found?.passwordHash)
    let isDisabled = found?.spec.isDisabled ?? true
    guard let name, isRight, !isDisabled else {
      try await note(origin, username, .refused, "sign-in refused")
      throw Self.refused
    }
    throttle.succeeded(address: peer, userName: username)
    let opened = try await begin(name, origin)
    try await note(origin, username, .succeeded, "signed in")
    return opened
  }

  /// Ends a session.
  func close(_ digest: [UInt8], of actor: Actor, origin: ChangeOrigin) async throws {
    try await SessionQueries.delete(store.pool, secretSHA256: digest)
    authenticator.forgetProofs()
    try await note(origin, actor.name, .succeeded, "signed out")
  }

  /// Makes the first administrator and opens its session. The token works once.
  func setUp(
    token: Secret, username: ObjectName, password: Secret, origin: ChangeOrigin,
    peer: SocketAddress
  ) async throws -> Opened {
    if let wait = throttle.begin(address: peer, userName: username.text) {
      throw TooManyRequests(retryAfter: wait)
    }
    try PasswordRules.check(password, userName: username.text)
    let hash = try await passwords.make(password)
    let setup = ChangeOrigin(
      actor: Actor(kind: .setup, name: "setup"), address: origin.address,
      requestID: origin.requestID, operation: origin.operation)
    try await store.write(origin: setup) { transaction in
      try await transaction.takeTurn()
      guard
        try await SetupQueries.consume(
          transaction, secretSHA256: TokenText.digest(of: token.revealed))
      else {
        throw Problem(.unauthorized, "the setup token is not valid, was used, or has expired")
      }
      _ = try await ResourceQueries.create(
        transaction, .user, name: username, labels: Labels(), annotations: Annotations(),
        spec: UserSpec().json,
        extras: .user(passwordHash: hash))
      _ = try await ResourceQueries.create(
        transaction, .roleBinding, name: try ObjectName(username.text), labels: Labels(),
        annotations: Annotations(),
        spec: RoleBindingSpec(
          subject: RoleSubject(kind: .user, name: username.text), role: .admin
        ).json,
        extras: .none)
    }
    log.info("first administrator made", metadata: ["user": "\(username)"])
    return try await begin(username, origin)
  }

  private func begin(_ user: ObjectName, _ origin: ChangeOrigin) async throws -> Opened {
    let secret = TokenText.make(prefix: TokenText.sessionPrefix)
    let digest = TokenText.digest(of: secret.revealed)
    let expiry = Timestamp(
      microseconds: now().microseconds + Self.lifetime.components.seconds * 1_000_000)
    _ = try await SessionQueries.create(
      store.pool, user: user, secretSHA256: digest, expiresAt: expiry, address: origin.address)
    let grants = try await AccessQueries.grants(store.pool, user: user)
    return Opened(
      caller: Caller(
        actor: Actor(kind: .user, name: user.text), rights: AccessRights(grants: grants),
        expiresAt: expiry, sessionSHA256: digest),
      secret: secret)
  }

  private func note(
    _ origin: ChangeOrigin, _ username: String, _ outcome: AuditOutcome, _ words: String
  ) async throws {
    let who = ChangeOrigin(
      actor: Actor(kind: .user, name: String(username.prefix(63))), address: origin.address,
      requestID: origin.requestID, operation: origin.operation)
    try await AuditQueries.record(
      store.pool, AuditEvent(origin: who, outcome: outcome, message: words))
  }
}
