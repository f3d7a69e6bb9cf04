import AspenIntegrationSupport
import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("The upgrade of a database from before the control plane's contract")
struct MigrationTests {
  private static let oldRows = """
    INSERT INTO cameras (name, labels, annotations, spec, credentials, generation, resource_version)
    VALUES ('yard', '{"site": "a"}', '{}',
      '{"type": "rtsp", "address": "rtsp://192.0.2.1/main", "transport": "tcp", "username": "u"}',
      '{"password": "hunter2"}', 3, 1);
    INSERT INTO streams (name, labels, annotations, spec, camera_id, last_generation, resource_version)
    SELECT 'yard', '{}', '{}', '{"camera": "yard", "enabled": true}', id, 1, 2 FROM cameras;
    INSERT INTO workers (name, labels, annotations, credential_sha256, capacity_streams, version,
      cordoned, resource_version)
    VALUES ('w', '{}', '{}', sha256('w'), 7, '0.1', true, 3);
    INSERT INTO assignments (stream_id, worker_id, generation, reason, resource_version)
    SELECT s.id, w.id, 1, 'old', 4 FROM streams s, workers w;
    INSERT INTO access_tokens (name, labels, annotations, secret_sha256, role, expires_at,
      resource_version)
    VALUES ('root', '{}', '{}', sha256('root'), 'admin', NULL, 5),
      ('guest', '{}', '{}', sha256('guest'), 'viewer', '2100-01-01T00:00:00.1234Z', 6);
    INSERT INTO join_tokens (name, labels, annotations, public_id, secret_sha256, expires_at,
      uses_remaining, resource_version)
    VALUES ('some', '{"from": "token"}', '{}', 'p1', sha256('1'), '2100-01-01T00:00:00Z', 3, 7),
      ('none', '{}', '{}', 'p2', sha256('2'), NULL, 0, 8),
      ('any', '{}', '{}', 'p3', sha256('3'), NULL, NULL, 9);
    INSERT INTO change_feed (revision, kind, object_id, object_name, operation)
    VALUES (5, 'access_token', 1, 'root', 'created'), (6, 'access_token', 2, 'guest', 'created');
    UPDATE revision SET value = 9, trimmed_through = 4;
    """

  /// A store in a database that had `oldRows` before its upgrade.
  private func withUpgradedStore(_ body: (Store) async throws -> Void) async throws {
    try await withTestPool { pool, _ in
      let migrations = try Migrator.load(directory: Checkout.root + "/migrations").migrations
      try await Migrator(migrations: Array(migrations.prefix(1))).migrate(pool)
      for sql in Self.oldRows.split(separator: ";\n") { _ = try await pool.query(String(sql)) }
      try await Migrator(migrations: migrations).migrate(pool)
      try await body(Store(pool: pool))
    }
  }

  @Test("cameras, streams and assignments stay, with their clear passwords until they are sealed")
  func cameras() async throws {
    try await withUpgradedStore { store in
      let camera = try await store.get(.camera, "yard")
      #expect(camera.metadata.generation == 3)
      #expect(try Camera(camera).spec.username == "u")
      let stream = try await StreamQueries.get(store.pool, name: .of("yard"))
      let worker = try await WorkerQueries.get(store.pool, name: .of("w"))
      #expect(worker.isCordoned && !worker.isDraining && worker.capacityStreams == 7)
      let desired = try await AssignmentQueries.desired(
        store.pool, workerID: worker.metadata.id)
      #expect(desired.streams.map(\.streamID) == [stream.metadata.id])
      #expect(desired.streams.map(\.legacyPassword) == [Secret("hunter2")])
      #expect(desired.streams.map(\.sealedPassword) == [nil])
      #expect(try await CredentialQueries.unsealed(store.pool).count == 1)
      let history = try await HistoryQueries.get(store.pool, .camera, .of("yard"), generation: 3)
      #expect(history.spec == camera.spec && history.actor == .system)
    }
  }

  @Test("tokens keep role, expiry and uses, which are in their specs now")
  func tokens() async throws {
    try await withUpgradedStore { store in
      #expect(try TokenSpec(json: await store.get(.token, "root").spec) == TokenSpec(role: .admin))
      let guest = try TokenSpec(json: await store.get(.token, "guest").spec)
      #expect(guest.role == .viewer)
      #expect(guest.expiresAt?.text == "2100-01-01T00:00:00.123Z")
      #expect(guest.json == (try await store.get(.token, "guest")).spec.inOrder(of: guest.json))
      let root = try #require(
        try await store.pool.query("SELECT secret_sha256 FROM tokens WHERE name = 'root'").first)
      #expect(
        try await AccessQueries.token(store.pool, secretSHA256: root.bytes("secret_sha256")) != nil)
      func token(_ name: String) async throws -> JoinToken {
        try await JoinTokenQueries.get(store.pool, name: .of(name))
      }
      #expect(try await token("some").usesRemaining == 3)
      #expect(try await token("some").expiresAt?.text == "2100-01-01T00:00:00.000Z")
      #expect(try await token("none").usesRemaining == 0)
      #expect(try await token("any").usesRemaining == nil)
      for name in ["some", "none", "any"] {
        _ = try JoinTokenSpec(json: await store.get(.joinToken, name).spec)
      }
    }
  }

  @Test("the feed goes on from the same revision, and its old entries have no objects")
  func feed() async throws {
    try await withUpgradedStore { store in
      try await store.addCamera("new")
      _ = try await store.pool.query(
        "DELETE FROM change_feed WHERE revision = 5")
      let page = try await ChangeFeedQueries.changes(store.pool, after: 5)
      #expect(page.changes.map(\.summary) == ["6 token guest created", "10 camera new created"])
      #expect(page.changes.map { $0.object == nil } == [true, false])
      #expect(page.newest == 10)
    }
  }
}

extension JSONValue {
  /// The same document with members in the order of another.
  fileprivate func inOrder(of other: JSONValue) -> JSONValue {
    guard let members = other.members else { return self }
    return .object(compacting: members.map { ($0.name, self[$0.name]) })
  }
}
