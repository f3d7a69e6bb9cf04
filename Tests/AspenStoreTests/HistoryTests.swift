import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("History of resources")
struct HistoryTests {
  private func history(_ store: Store, _ name: String) async throws -> [HistoryEntry] {
    try await HistoryQueries.list(store.pool, .camera, .of(name))
  }

  @Test("every version is kept with who made it, newest first")
  func versions() async throws {
    try await withStore { store in
      try await store.addCamera("a", username: "u")
      let spec = try CameraSpec.rtsp("192.0.2.9", username: "u").json
      try await store.update(.camera, "a", spec: spec, origin: .of("ada", "camera_update"))
      try await store.update(.camera, "a", labels: ["x": "y"], origin: .of("bob", "camera_update"))
      try await store.update(
        .camera, "a", extras: .camera(.set(sealed("secret"))), origin: .of("bob", "camera_update"))
      let entries = try await history(store, "a")
      #expect(entries.map(\.generation) == [3, 2, 2, 1])
      #expect(entries.map(\.resourceVersion) == [4, 3, 2, 1])
      #expect(entries.map(\.operation) == [.updated, .updated, .updated, .created])
      #expect(entries.map(\.actor.name) == ["bob", "bob", "ada", "system"])
      #expect(entries[3].actor == .system)
      #expect(entries.map { $0.labels["x"] } == ["y", "y", nil, nil])
      #expect(entries[2].spec["address"]?.text == "rtsp://192.0.2.9/main")
      let older = try await HistoryQueries.list(
        store.pool, .camera, .of("a"), before: 3, limit: 1)
      #expect(older == [entries[2]])
      let second = try await HistoryQueries.get(store.pool, .camera, .of("a"), generation: 2)
      #expect(second == entries[1])
      await #expect(throws: StoreError.notFound(.camera)) {
        try await HistoryQueries.get(store.pool, .camera, .of("a"), generation: 9)
      }
      await #expect(throws: StoreError.notFound(.stream)) {
        try await HistoryQueries.get(store.pool, .stream, .of("a"), generation: 1)
      }
    }
  }

  @Test("a deleted thing keeps its history until it is trimmed or another has its name")
  func deleted() async throws {
    try await withStore { store in
      try await store.addCamera("a", labels: ["first": "yes"])
      try await store.addCamera("other")
      try await store.delete(.camera, "a")
      #expect(try await history(store, "a").map(\.operation) == [.deleted, .created])
      try await store.addCamera("a")
      #expect(try await history(store, "a").map(\.labels.values) == [[:]])
      try await store.delete(.camera, "a")
      try await HistoryQueries.trim(store.pool, deletedLongerThan: .seconds(60))
      #expect(try await history(store, "a").count == 2)
      try await HistoryQueries.trim(store.pool, deletedLongerThan: .zero)
      #expect(try await history(store, "a").isEmpty)
      #expect(try await history(store, "other").count == 1)
    }
  }

  @Test("only the newest 100 versions of a thing are kept")
  func pruned() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      try await store.addCamera("other")
      try await store.write { transaction in
        var camera = try await ResourceQueries.get(transaction, .camera, .of("a"))
        for index in 0..<60 {
          camera = try await ResourceQueries.update(
            transaction, camera, labels: Labels(["n": "\(index)"]), annotations: Annotations(),
            spec: camera.spec)
        }
      }
      for index in 60..<120 {
        try await store.update(.camera, "a", labels: ["n": "\(index)"])
      }
      let entries = try await history(store, "a")
      #expect(entries.count == 100)
      #expect(entries.first?.labels["n"] == "119")
      #expect(entries.last?.labels["n"] == "20")
      let rows = try await store.pool.query("SELECT count(*) AS n FROM resource_history")
      #expect(try rows[0].int("n") == 101)
      #expect(try await history(store, "other").count == 1)
    }
  }
}
