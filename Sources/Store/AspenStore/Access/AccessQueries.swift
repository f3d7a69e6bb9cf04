package import AspenModel
package import AspenPostgres

/// A user with what a password is checked against.
package struct StoredUser: Sendable, Hashable {
  package let resource: Resource
  package let spec: UserSpec
  /// Nil cannot sign in with a password.
  package let passwordHash: String?
}

/// Who somebody is, and what that person or program may do.
package enum AccessQueries {
  /// The token with this secret, or nil if there is none or it has expired by the database's clock.
  package static func token(
    _ executor: some PostgresExecutor, secretSHA256: [UInt8]
  ) async throws(StoreError) -> Resource? {
    try await executor.one(AccessSQL.token, [.bytes(secretSHA256)]) { row throws(StoreError) in
      try Resource(.token, row)
    }
  }

  /// A user by name, also a disabled one, or nil.
  package static func user(
    _ executor: some PostgresExecutor, _ name: ObjectName
  ) async throws(StoreError) -> StoredUser? {
    try await executor.one(AccessSQL.user, [.text(name.text)], user)
  }

  /// What role bindings give a user.
  package static func grants(
    _ executor: some PostgresExecutor, user: ObjectName
  ) async throws(StoreError) -> [Grant] {
    try await grants(executor, [RoleSubject(kind: .user, name: user.text)])
  }

  /// What role bindings give a subject of the identity provider and its groups.
  package static func grants(
    _ executor: some PostgresExecutor, oidcSubject: String, groups: [String]
  ) async throws(StoreError) -> [Grant] {
    try await grants(
      executor,
      [RoleSubject(kind: .oidcSubject, name: oidcSubject)]
        + groups.map { RoleSubject(kind: .oidcGroup, name: $0) })
  }

  /// Whether anybody may do everything: the bearer of a token that has not expired, a user who can sign in, or
  /// somebody of the identity provider.
  package static func hasAdmin(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> Bool {
    let hasAdmin = try await executor.one(AccessSQL.hasAdmin) { row throws(StoreError) in
      try row.bool("has_admin")
    }
    return hasAdmin ?? false
  }

  /// The role bindings of a user.
  static func bindings(
    _ executor: some PostgresExecutor, of user: Resource
  ) async throws(StoreError) -> [Resource] {
    try await executor.all(
      AccessSQL.bindings,
      [.textArray([RoleSubject.Kind.user.rawValue]), .textArray([user.metadata.name.text])]
    ) { row throws(StoreError) in try Resource(.roleBinding, row) }
  }

  private static func grants(
    _ executor: some PostgresExecutor, _ subjects: [RoleSubject]
  ) async throws(StoreError) -> [Grant] {
    // NUL is in no stored name, and PostgreSQL does not take it.
    let subjects = subjects.filter { !$0.name.utf8.contains(0) }
    return try await executor.all(
      AccessSQL.bindings,
      [.textArray(subjects.map(\.kind.rawValue)), .textArray(subjects.map(\.name))]
    ) { row throws(StoreError) in
      let json = try row.json("spec")
      return try StoreError.checked { () throws(ValidationError) in
        try RoleBindingSpec(json: json).grant
      }
    }
  }

  static func user(_ row: StoredRow) throws(StoreError) -> StoredUser {
    let resource = try Resource(.user, row)
    return StoredUser(
      resource: resource,
      spec: try StoreError.checked { () throws(ValidationError) in
        try UserSpecInput(json: resource.spec).spec
      },
      passwordHash: try row.optionalText("password_hash"))
  }
}

/// The statements of `AccessQueries`.
enum AccessSQL {
  private static let unexpired = "coalesce((r.spec ->> 'expires_at')::timestamptz > now(), true)"

  static let token = ResourceTable.of(.token).select("r.secret_sha256 = $1 AND \(unexpired)")

  /// What `AccessQueries.user` reads, of the table as `r`.
  static let userColumns = ResourceTable.of(.user).columns + ", r.password_hash"

  static let user = "SELECT \(userColumns) FROM users r WHERE r.name = $1"

  /// `$1` the kinds and `$2` the names of the subjects.
  static let bindings = """
    SELECT \(ResourceTable.of(.roleBinding).columns)
    FROM unnest($1::text[], $2::text[]) AS subject (kind, name)
    JOIN role_bindings r
      ON r.spec #>> '{subject,kind}' = subject.kind AND r.spec #>> '{subject,name}' = subject.name
    ORDER BY r.name
    """

  static let hasAdmin = """
    SELECT EXISTS (
      SELECT FROM tokens r
      WHERE r.spec ->> 'role' = 'admin' AND NOT r.spec ? 'selector' AND \(unexpired)
    ) OR EXISTS (
      SELECT FROM role_bindings b
      WHERE b.spec ->> 'role' = 'admin' AND NOT b.spec ? 'selector'
        AND (b.spec #>> '{subject,kind}' <> 'user' OR EXISTS (
          SELECT FROM users u
          WHERE u.name = b.spec #>> '{subject,name}' AND u.password_hash IS NOT NULL
            AND NOT coalesce((u.spec ->> 'disabled')::boolean, false)))
    ) AS has_admin
    """
}
