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
                  _ = try await CameraQueries.create(
                    transaction, name: .of(name), labels: Labels(), spec: .rtsp(), password: nil)
                  _ = try await StreamQueries.create(
                    transaction, name: .of(name), labels: Labels(),
                    spec: StreamSpec(camera: .of(name)))
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
      store.pool.listen(channel: Store.changesChannel) { heard.append($0) }
      try await waitUntil("listening") { heard.value == [""] }
      try await store.write { transaction in
        for name in ["a", "b", "c"] {
          _ = try await CameraQueries.create(
            transaction, name: .of(name), labels: Labels(), spec: .rtsp(), password: nil)
        }
      }
      await #expect(throws: Refusal.self) {
        try await store.write { transaction in
          _ = try await CameraQueries.create(
            transaction, name: .of("d"), labels: Labels(), spec: .rtsp(), password: nil)
          throw Refusal()
        }
      }
      try await store.addCamera("e")
      try await waitUntil("both announcements") { heard.value == ["", "3", "4"] }
    }
  }

  @Test("a failure that the writer catches does not make a gap")
  func caughtFailure() async throws {
    try await withStore { store in
      try await store.write { transaction in
        await #expect(throws: StoreError.notFound(.camera)) {
          try await CameraQueries.delete(transaction, name: .of("none"))
        }
        _ = try await CameraQueries.create(
          transaction, name: .of("a"), labels: Labels(), spec: .rtsp(), password: nil)
      }
      #expect(try await store.feed().map(\.summary) == ["1 camera a created"])
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
