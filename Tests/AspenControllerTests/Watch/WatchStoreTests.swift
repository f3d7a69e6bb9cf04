import AspenIntegrationSupport
import AspenModel
import AspenPostgres
import AspenStore
import AspenTestSupport
import Testing

@testable import AspenController

@Suite("The watch of changes over PostgreSQL")
struct WatchStoreTests {
  private func withStore(_ body: (Store) async throws -> Void) async throws {
    try await withTestPool { pool, _ in
      try await Migrator.load(directory: Checkout.root + "/migrations").migrate(pool)
      try await body(Store(pool: pool))
    }
  }

  private func add(_ name: String, to store: Store, site: String = "hq") async throws -> Resource {
    let address = try RTSPAddress.parse("rtsp://192.0.2.1/main", field: "address").address
    return try await store.write { transaction in
      let camera = try await ResourceQueries.create(
        transaction, .camera, name: ObjectName(name), labels: Labels(["site": site]),
        spec: CameraSpec(source: .rtsp(address, .tcp), username: nil).json)
      _ = try await ResourceQueries.create(
        transaction, .stream, name: ObjectName(name),
        spec: StreamSpec(camera: ObjectName(name)).json,
        extras: .stream(camera: ObjectName(name)))
      return camera
    }
  }

  private func move(_ camera: Resource, to site: String, in store: Store) async throws -> Resource {
    try await store.write { transaction in
      try await ResourceQueries.update(
        transaction, camera, labels: Labels(["site": site]), annotations: Annotations(),
        spec: camera.spec)
    }
  }

  @Test("a committed change is told when the database announces it, with the object")
  func notified() async throws {
    try await withStore { store in
      _ = try await add("before", to: store)
      try await WatchServer.run(StoreChangeSource(store: store)) { server in
        store.follow { server.watch.signal($0) }
        let client = try await server.events()
        try await client.wait(for: "2 bookmark")
        _ = try await add("yard", to: store)
        try await client.wait(for: "4 created")
        let camera = try #require(client.events.value.first { $0.id == 3 }).data
        #expect(camera["kind"]?.text == "camera")
        #expect(camera["object"]?["name"]?.text == "yard")
        #expect(camera["object"]?["labels"]?["site"]?.text == "hq")
        #expect(camera["object"]?["spec"]?["type"]?.text == "rtsp")
        #expect(camera["object"]?["resource_version"]?.wholeNumber == 3)
        let resumed = try await server.events("from=0&kinds=camera")
        try await resumed.wait(for: "3 created")
        #expect(resumed.summaries == ["1 created", "3 created"])
      }
    }
  }

  @Test(
    "a camera that moves out of a watcher's access takes its streams along, and brings them back")
  func moving() async throws {
    try await withStore { store in
      let camera = try await add("yard", to: store, site: "a")
      try await WatchServer.run(StoreChangeSource(store: store)) { server in
        let scope = WatchScope(
          kinds: [.camera, .stream], cameraScopes: [try LabelSelector(parsing: "site=a")])
        server.scope.update { $0 = scope }
        let client = try await server.events("from=2")
        let moved = try await move(camera, to: "b", in: store)
        try await client.wait(for: "4 deleted")
        _ = try await move(moved, to: "a", in: store)
        try await client.wait(for: "6 created")
        #expect(
          client.summaries.filter { !$0.hasSuffix("bookmark") } == [
            "3 deleted", "4 deleted", "5 created", "6 created",
          ])
        #expect(
          client.events.value.compactMap { $0.data["kind"]?.text }
            == ["camera", "stream", "camera", "stream"])
      }
    }
  }

  @Test("a feed with a hole is not taken for one without")
  func hole() async throws {
    try await withStore { store in
      _ = try await add("a", to: store)
      _ = try await add("b", to: store)
      _ = try await store.pool.query("DELETE FROM change_feed WHERE revision = 2")
      await #expect(throws: ChangeSourceError.gone(oldest: 4, newest: 4)) {
        try await StoreChangeSource(store: store).changes(after: 0, limit: 10)
      }
    }
  }
}
