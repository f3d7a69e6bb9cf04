import AspenModel
import AspenPostgres
import AspenStore
import AspenTestSupport
import Testing

@Suite("The feed of changes")
struct ChangeFeedTests {
  private struct Refusal: Error {}

  @Test("eight writers at once make a feed without gaps, and a reader never sees one")
  func gapFree() async throws {
    try await withStore(connections: 9) { store in
      let isOver = Collected(false)
      let reader = Task {
        var last: Int64 = 0
        while true {
          let wasOver = isOver.value
          let page = try await ChangeFeedQueries.changes(store.pool, after: last, limit: 7)
          if wasOver, page.changes.isEmpty { return last }
          for change in page.changes {
            #expect(change.revision == last + 1)
            last = change.revision
          }
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
          group.addTask {
            for index in 0..<15 {
              let name = "c\(writer)-\(index)"
              do {
                try await store.write { transaction in
                  _ = try await ResourceQueries.create(
                    transaction, .camera, name: .of(name), spec: CameraSpec.rtsp().json)
                  _ = try await ResourceQueries.create(
                    transaction, .stream, name: .of(name), spec: StreamSpec(camera: .of(name)).json,
                    extras: .stream(camera: .of(name)))
                  if index % 5 == 4 { throw Refusal() }
                }
              } catch is Refusal {}
            }
          }
        }
        try await group.waitForAll()
      }
      isOver.update { $0 = true }
      #expect(try await reader.value == 8 * 12 * 2)
      let versions = try await store.pool.query(
        """
        SELECT count(*) AS n FROM change_feed f LEFT JOIN cameras c ON c.resource_version = f.revision
        LEFT JOIN streams s ON s.resource_version = f.revision
        WHERE c.name = f.object_name OR s.name = f.object_name
        """)
      #expect(try versions[0].int("n") == 8 * 12 * 2)
    }
  }

  @Test("a write announces its newest revision once, after it happened")
  func notification() async throws {
    try await withStore { store in
      let heard = Collected<[String]>()
      store.follow { heard.append($0) }
      try await waitUntil("listening") { heard.value == [""] }
      try await store.write { transaction in
        for name in ["a", "b", "c"] {
          _ = try await ResourceQueries.create(
            transaction, .camera, name: .of(name), spec: CameraSpec.rtsp().json)
        }
      }
      // Heard before the next one is written: who polls, behind a pooler, hears of the newest only.
      try await waitUntil("the first announcement") { heard.value == ["", "3"] }
      await #expect(throws: Refusal.self) {
        try await store.write { transaction in
          _ = try await ResourceQueries.create(
            transaction, .camera, name: .of("d"), spec: CameraSpec.rtsp().json)
          throw Refusal()
        }
      }
      try await store.addCamera("e")
      try await waitUntil("the second announcement") { heard.value == ["", "3", "4"] }
    }
  }

  @Test("a failure that the writer catches does not make a gap")
  func caughtFailure() async throws {
    try await withStore { store in
      try await store.write { transaction in
        await #expect(throws: StoreError.missingReference(.camera)) {
          try await ResourceQueries.create(
            transaction, .stream, name: .of("s"), spec: [:], extras: .stream(camera: .of("none")))
        }
        _ = try await ResourceQueries.create(
          transaction, .camera, name: .of("a"), spec: CameraSpec.rtsp().json)
      }
      #expect(try await store.feed().map(\.summary) == ["1 camera a created"])
    }
  }

  @Test("an entry tells what the thing is now, its labels before and after, and the camera's")
  func objects() async throws {
    try await withStore { store in
      let camera = try await store.addCamera(
        "a", labels: ["site": "x"], username: "u", password: sealed("hunter2"))
      try await store.addStream("s", camera: "a", labels: ["own": "1"])
      let changed = try await store.update(.camera, "a", labels: ["site": "y"])
      try await store.delete(.camera, "a")
      let feed = try await store.feed()
      #expect(
        feed.map(\.summary) == [
          "1 camera a created", "2 stream s created", "3 camera a updated", "4 stream s updated",
          "5 stream s deleted", "6 camera a deleted",
        ])
      #expect(try feed[0].object == JSONValue(parsing: camera.json.serialized))
      #expect(try feed[2].object == JSONValue(parsing: changed.json.serialized))
      #expect(feed[3].object?["resource_version"]?.wholeNumber == 4)
      #expect(feed.map { $0.labels?["site"] } == ["x", nil, "y", nil, nil, "y"])
      #expect(feed.map { $0.previousLabels?["site"] } == [nil, nil, "x", nil, nil, "y"])
      #expect(feed.map { $0.cameraLabels?["site"] } == ["x", "x", "y", "y", "y", "y"])
      #expect(
        feed.map { $0.previousCameraLabels?["site"] } == [nil, nil, "x", "x", "y", "y"])
      #expect(feed[5].object?["name"]?.text == "a")
    }
  }

  @Test("an entry of an assignment tells stream, worker and generation, with the camera's labels")
  func assignmentObjects() async throws {
    try await withStore { store in
      try await store.addCamera("a", labels: ["site": "x"])
      let stream = try await store.addStream("s", camera: "a", labels: ["own": "1"])
      let worker = try await store.addWorker("w")
      let placed = try await store.place(stream, on: worker)
      _ = try await store.write { transaction in
        try await AssignmentQueries.commit(
          transaction,
          [.unassign(streamID: placed.streamID, expectedGeneration: placed.generation)])
      }
      let changes = Array(try await store.feed().suffix(2))
      let object: JSONValue = [
        "generation": .integer(placed.generation), "id": .integer(stream.metadata.id),
        "kind": "assignment",
        "reason": "most room", "stream": "s", "worker": "w",
      ]
      #expect(changes.map(\.object) == [object, object])
      #expect(changes.map { $0.labels?["own"] } == ["1", "1"])
      #expect(changes.map { $0.cameraLabels?["site"] } == ["x", "x"])
      #expect(changes.map { $0.previousLabels?["own"] } == [nil, "1"])
    }
  }

  @Test("what was trimmed, or never was, is gone and not an empty page")
  func trimmed() async throws {
    try await withStore { store in
      for index in 0..<10 { try await store.addCamera("c\(index)") }
      let through = try await ChangeFeedQueries.trim(
        store.pool, olderThan: .seconds(3_600), keepingAtMost: 4)
      #expect(through == 6)
      let rest = try await ChangeFeedQueries.changes(store.pool, after: 6)
      #expect(rest.changes.map(\.revision) == [7, 8, 9, 10])
      #expect(try await ChangeFeedQueries.changes(store.pool, after: 10).changes == [])
      for revision: Int64 in [5, 11] {
        await #expect(throws: StoreError.revisionGone(oldest: 6, newest: 10)) {
          try await ChangeFeedQueries.changes(store.pool, after: revision)
        }
      }
      try await ChangeFeedQueries.trim(store.pool, olderThan: .zero, keepingAtMost: 100)
      #expect(try await ChangeFeedQueries.changes(store.pool, after: 10).changes == [])
    }
  }

  @Test("the database refuses names that the model refuses")
  func names() async throws {
    try await withStore { store in
      let sql =
        "INSERT INTO cameras (name, labels, annotations, spec, resource_version) VALUES ($1, '{}', '{}', '{}', 1)"
      let long = String(repeating: "a", count: 63)
      for name in ["a", "a-b.c", "0", long] { _ = try await store.pool.query(sql, [.text(name)]) }
      for name in ["", "-a", "a-", ".a", "A", "a_b", "a b", "é", "a\n", long + "a"] {
        #expect((try? ObjectName(name)) == nil)
        await #expect {
          try await store.pool.query(sql, [.text(name)])
        } throws: { ($0 as? PostgresError)?.sqlstate == "23514" }
      }
    }
  }

  @Test("a store whose database is down is unavailable")
  func unavailable() async throws {
    try await withStore { store in
      await store.pool.close()
      await #expect {
        try await store.addCamera("a")
      } throws: { error in
        if case .unavailable = error as? StoreError { true } else { false }
      }
    }
  }
}
