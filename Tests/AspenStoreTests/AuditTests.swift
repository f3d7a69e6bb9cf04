import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("The audit")
struct AuditTests {
  private func entries(
    _ store: Store, _ filter: AuditFilter = AuditFilter()
  ) async throws -> [AuditEntry] {
    try await AuditQueries.list(store.pool, filter)
  }

  @Test("each change that somebody asked for has an entry with before and after, and no secret")
  func changes() async throws {
    try await withStore { store in
      let origin = ChangeOrigin.of("ada", "camera_create")
      try await store.write(origin: origin) { transaction in
        _ = try await ResourceQueries.create(
          transaction, .camera, name: .of("a"), spec: CameraSpec.rtsp(username: "u").json,
          extras: .camera(.set(sealed("hunter2"))))
        _ = try await ResourceQueries.create(
          transaction, .stream, name: .of("s"), spec: StreamSpec(camera: .of("a")).json,
          extras: .stream(camera: .of("a")))
      }
      try await store.update(
        .camera, "a", labels: ["x": "y"], extras: .camera(.set(sealed("other"))),
        origin: .of("bob", "camera_update"))
      try await store.update(.camera, "a", labels: ["x": "z"])
      try await store.delete(.camera, "a", origin: .of("eve", "camera_delete"))
      let entries = try await entries(store)
      #expect(
        entries.map { "\($0.origin.actor.name) \($0.origin.operation) \($0.objectName ?? "")" } == [
          "eve camera_delete a", "eve camera_delete s", "bob camera_update a",
          "ada camera_create s", "ada camera_create a",
        ])
      #expect(entries[4].origin == origin)
      #expect(entries[4].objectKind == .camera)
      #expect(entries[4].before == nil)
      #expect(entries[4].after?["spec"]?["username"]?.text == "u")
      #expect(entries[2].before?["labels"] == .object([]))
      #expect(entries[2].after?["labels"]?["x"]?.text == "y")
      #expect(entries[2].after?["spec"]?["password"]?.text == "***")
      #expect(entries[0].before?["labels"]?["x"]?.text == "z")
      #expect(entries[0].after == nil)
      #expect(entries.allSatisfy { $0.outcome == .succeeded })
    }
  }

  @Test("what the control plane does by itself, and what fails, has no entry")
  func unaudited() async throws {
    try await withStore { store in
      let camera = try await store.addCamera("a")
      await #expect(throws: StoreError.conflict(.nameTaken(.camera))) {
        try await store.write(origin: .of("ada", "camera_create")) {
          try await ResourceQueries.create($0, .camera, name: .of("a"), spec: camera.spec)
        }
      }
      let entries = try await entries(store)
      #expect(entries == [])
    }
  }

  @Test("an assignment that somebody takes away is audited, one that the scheduler makes is not")
  func assignments() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let stream = try await store.addStream("s", camera: "a")
      let worker = try await store.addWorker("w")
      let placed = try await store.place(stream, on: worker)
      try await store.write(origin: .of("ada", "assignment_delete")) { transaction in
        _ = try await AssignmentQueries.commit(
          transaction,
          [
            .unassign(
              streamID: placed.streamID, expectedGeneration: placed.generation)
          ])
      }
      let entries = try await entries(store)
      #expect(entries.map(\.objectKind) == [.assignment])
      #expect(entries.first?.before?["worker"]?.text == "w")
      #expect(entries.first?.after == nil)
    }
  }

  @Test("entries are found by actor, object, operation and time, page by page")
  func filters() async throws {
    try await withStore { store in
      for index in 0..<6 {
        let origin = ChangeOrigin.of(
          index % 2 == 0 ? "ada" : "bob", index < 3 ? "session_create" : "session_delete")
        try await AuditQueries.record(
          store.pool,
          AuditEvent(
            origin: origin, outcome: index == 5 ? .refused : .succeeded, objectKind: .user,
            objectName: "user\(index / 3)", message: "number \(index)"))
      }
      func numbers(_ filter: AuditFilter) async throws -> [String] {
        try await entries(store, filter).map { String($0.message.dropFirst(7)) }
      }
      let all = try await entries(store)
      #expect(try await numbers(AuditFilter()) == ["5", "4", "3", "2", "1", "0"])
      #expect(all.map(\.outcome.rawValue).first == "refused")
      #expect(try await numbers(AuditFilter(actor: "bob")) == ["5", "3", "1"])
      #expect(try await numbers(AuditFilter(operation: "session_create")) == ["2", "1", "0"])
      #expect(
        try await numbers(AuditFilter(objectKind: .user, objectName: "user1")) == ["5", "4", "3"])
      #expect(try await numbers(AuditFilter(objectKind: .camera)) == [])
      let first = try await entries(store, AuditFilter(limit: 2))
      #expect(
        try await numbers(AuditFilter(before: first.last?.id, limit: 3)) == ["3", "2", "1"])
      #expect(try await numbers(AuditFilter(since: all[1].at)) == ["5", "4"])
      #expect(try await numbers(AuditFilter(until: all[4].at)) == ["0"])
    }
  }

  @Test(
    "the database refuses to change or remove entries",
    arguments: [
      "UPDATE audit_entries SET actor_name = 'nobody'", "DELETE FROM audit_entries",
      "TRUNCATE audit_entries", "DELETE FROM audit_entries WHERE false",
    ])
  func appendOnly(sql: String) async throws {
    try await withStore { store in
      try await AuditQueries.record(
        store.pool, AuditEvent(origin: .of("ada", "session_create"), outcome: .succeeded))
      await #expect {
        try await store.pool.query(sql)
      } throws: { ($0 as? PostgresError)?.sqlstate == "42501" }
      #expect(try await entries(store).count == 1)
    }
  }

  @Test("texts that are too long for the audit are cut, and do not stop what is audited")
  func longTexts() async throws {
    try await withStore { store in
      let long = String(repeating: "é", count: 1_000)
      let origin = ChangeOrigin(
        actor: Actor(kind: .oidc, name: long), address: long, requestID: long, operation: long)
      try await AuditQueries.record(
        store.pool,
        AuditEvent(origin: origin, outcome: .refused, objectName: long, message: long))
      let entry = try #require(try await entries(store).first)
      #expect(entry.origin == origin)
      #expect(entry.origin.actor.name.utf8.count == 256)
      #expect(entry.message.utf8.count == 1024)
    }
  }
}
