import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Access in the store")
struct AccessQueriesTests {
  private let past = Timestamp(microseconds: 1_000_000)
  /// The year 2100.
  private let future = Timestamp(microseconds: 4_102_444_800_000_000)

  private func bind(
    _ store: Store, _ name: String, _ kind: RoleSubject.Kind, _ subject: String,
    _ role: AccessRole, _ selector: String? = nil
  ) async throws {
    let spec = RoleBindingSpec(
      subject: RoleSubject(kind: kind, name: subject), role: role,
      selector: try selector.map { try LabelSelector(parsing: $0) })
    try await store.add(.roleBinding, name, spec.json)
  }

  @Test("a token is known by its secret until it expires or is deleted")
  func tokens() async throws {
    try await withStore { store in
      try await store.addToken("old", TokenSpec(role: .admin, expiresAt: past))
      let token = try await store.addToken("ops", TokenSpec(role: .operator, expiresAt: future))
      func bearer(_ secret: String) async throws -> Resource? {
        try await AccessQueries.token(store.pool, secretSHA256: digest(secret))
      }
      #expect(try await bearer("ops") == token)
      #expect(try TokenSpec(json: token.spec).role == .operator)
      #expect(try await bearer("old") == nil)
      #expect(try await bearer("none") == nil)
      await #expect(throws: StoreError.conflict(.duplicate(constraint: "tokens_secret_key"))) {
        try await store.add(
          .token, "again", TokenSpec(role: .viewer).json,
          extras: .token(secretSHA256: digest("ops")))
      }
      try await store.delete(.token, "ops")
      #expect(try await bearer("ops") == nil)
    }
  }

  @Test("a user's password is kept until there is another, and never in the resource")
  func users() async throws {
    try await withStore { store in
      let spec = UserSpec(displayName: "Ada")
      let created = try await store.add(
        .user, "ada", spec.json, extras: .user(passwordHash: "hash1"))
      var user = try #require(try await AccessQueries.user(store.pool, .of("ada")))
      #expect(user.resource == created)
      #expect(user.spec == spec)
      #expect(user.passwordHash == "hash1")
      try await store.update(.user, "ada", labels: ["x": "y"], extras: .user(passwordHash: nil))
      user = try #require(try await AccessQueries.user(store.pool, .of("ada")))
      #expect(user.passwordHash == "hash1")
      let changed = try await store.update(.user, "ada", extras: .user(passwordHash: "hash2"))
      #expect(changed.metadata.generation == 2)
      user = try #require(try await AccessQueries.user(store.pool, .of("ada")))
      #expect(user.passwordHash == "hash2")
      #expect(try await AccessQueries.user(store.pool, .of("bob")) == nil)
      let feed = try await store.pool.query("SELECT object::text AS o FROM change_feed")
      #expect(try feed.allSatisfy { try !$0.text("o").contains("hash") })
    }
  }

  @Test("grants are those of the subject and its groups")
  func grants() async throws {
    try await withStore { store in
      try await bind(store, "b1", .user, "ada", .admin)
      try await bind(store, "b2", .user, "ada", .viewer, "site=yard")
      try await bind(store, "b3", .oidcSubject, "ada", .viewer)
      try await bind(store, "b4", .oidcGroup, "Night shift", .operator)
      try await bind(store, "b5", .oidcGroup, "day", .operator)
      let yard = try LabelSelector(parsing: "site=yard")
      #expect(
        try await AccessQueries.grants(store.pool, user: .of("ada")) == [
          Grant(role: .admin), Grant(role: .viewer, selector: yard),
        ])
      #expect(
        try await AccessQueries.grants(
          store.pool, oidcSubject: "ada", groups: ["Night shift", "\"', {}", "\0"])
          == [Grant(role: .viewer), Grant(role: .operator)])
      let none = try await AccessQueries.grants(store.pool, oidcSubject: "Night shift", groups: [])
      #expect(none == [])
    }
  }

  @Test("there is an admin when somebody can act as one, everywhere")
  func hasAdmin() async throws {
    try await withStore { store in
      func hasAdmin() async throws -> Bool { try await AccessQueries.hasAdmin(store.pool) }
      let yard = try LabelSelector(parsing: "site=yard")
      try await store.addToken("old", TokenSpec(role: .admin, expiresAt: past))
      try await store.addToken("scoped", TokenSpec(role: .admin, selector: yard))
      try await store.addToken("ops", TokenSpec(role: .operator))
      try await bind(store, "b", .user, "ada", .admin)
      #expect(try await !hasAdmin())
      try await store.add(.user, "ada")
      #expect(try await !hasAdmin())
      try await store.update(.user, "ada", extras: .user(passwordHash: "hash"))
      #expect(try await hasAdmin())
      try await store.update(.user, "ada", spec: UserSpec(isDisabled: true).json)
      #expect(try await !hasAdmin())
      try await bind(store, "g", .oidcGroup, "admins", .admin)
      #expect(try await hasAdmin())
      try await store.delete(.roleBinding, "g")
      try await store.addToken("root", TokenSpec(role: .admin, expiresAt: future))
      #expect(try await hasAdmin())
    }
  }

  @Test("whoever gets a deleted user's name does not get the roles")
  func deletedUser() async throws {
    try await withStore { store in
      try await store.add(.user, "ada")
      try await bind(store, "b", .user, "ada", .admin)
      try await bind(store, "g", .oidcSubject, "ada", .viewer)
      try await store.delete(.user, "ada")
      #expect(try await store.names(.roleBinding) == ["g"])
      #expect(
        try await store.feed().suffix(2).map { "\($0.kind) \($0.operation)" } == [
          "roleBinding deleted", "user deleted",
        ])
    }
  }

  @Test("a session is known by its secret until it ends, expires, or its user may not be signed in")
  func sessions() async throws {
    try await withStore { store in
      func begin(_ secret: String, _ expiresAt: Timestamp) async throws {
        let session = try await SessionQueries.create(
          store.pool, user: .of("ada"), secretSHA256: digest(secret), expiresAt: expiresAt,
          address: "192.0.2.7")
        #expect(session.expiresAt == expiresAt)
      }
      func isKnown(_ secret: String) async throws -> Bool {
        let session = try await SessionQueries.find(store.pool, secretSHA256: digest(secret))
        return session?.user.resource.metadata.name.text == "ada"
      }
      await #expect(throws: StoreError.notFound(.user)) { try await begin("s", future) }
      try await store.add(.user, "ada", extras: .user(passwordHash: "hash"))
      try await begin("s1", future)
      try await begin("s2", future)
      try await begin("old", past)
      #expect(try await isKnown("s1"))
      #expect(try await !isKnown("old"))
      #expect(try await !isKnown("none"))
      try await SessionQueries.delete(store.pool, secretSHA256: digest("s1"))
      #expect(try await !isKnown("s1"))
      #expect(try await isKnown("s2"))
      try await store.update(.user, "ada", labels: ["x": "y"])
      #expect(try await isKnown("s2"))
      try await store.update(.user, "ada", extras: .user(passwordHash: "other"))
      #expect(try await !isKnown("s2"))
      try await begin("s3", future)
      try await store.update(.user, "ada", spec: UserSpec(isDisabled: true).json)
      #expect(try await !isKnown("s3"))
      try await store.update(.user, "ada", spec: UserSpec().json)
      #expect(try await !isKnown("s3"))
      try await begin("s4", future)
      try await SessionQueries.deleteAll(store.pool, of: .of("ada"))
      #expect(try await !isKnown("s4"))
      try await begin("old", past)
      try await SessionQueries.trim(store.pool)
      #expect(try await store.pool.query("SELECT FROM sessions").isEmpty)
    }
  }

  @Test("a user has at most 100 sessions, and a new one ends the oldest")
  func manySessions() async throws {
    try await withStore { store in
      try await store.add(.user, "ada", extras: .user(passwordHash: "hash"))
      for index in 0..<102 {
        _ = try await SessionQueries.create(
          store.pool, user: .of("ada"), secretSHA256: digest("s\(index)"), expiresAt: future,
          address: "")
      }
      let rows = try await store.pool.query("SELECT count(*) AS n FROM sessions")
      #expect(try rows[0].int("n") == 100)
      #expect(try await SessionQueries.find(store.pool, secretSHA256: digest("s1")) == nil)
      #expect(try await SessionQueries.find(store.pool, secretSHA256: digest("s2")) != nil)
    }
  }

  @Test("a setup token works once, until it expires or another takes its place")
  func setup() async throws {
    try await withStore { store in
      func consume(_ secret: String) async throws -> Bool {
        try await store.write {
          try await SetupQueries.consume($0, secretSHA256: digest(secret))
        }
      }
      #expect(try await !consume("a"))
      try await SetupQueries.create(store.pool, secretSHA256: digest("a"), expiresAt: future)
      try await SetupQueries.create(store.pool, secretSHA256: digest("b"), expiresAt: future)
      #expect(try await !consume("a"))
      #expect(try await consume("b"))
      #expect(try await !consume("b"))
      try await SetupQueries.create(store.pool, secretSHA256: digest("c"), expiresAt: past)
      #expect(try await !consume("c"))
      try await SetupQueries.create(store.pool, secretSHA256: digest("d"), expiresAt: future)
      try await SetupQueries.delete(store.pool)
      #expect(try await !consume("d"))
    }
  }
}
