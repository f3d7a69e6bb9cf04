import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Controllers in the store")
struct ControllerQueriesTests {
  private func controller(
    _ process: String, named name: String = "edge", address: String? = nil
  ) throws -> NewController {
    NewController(process: process, name: try .of(name), address: address, version: "1.0")
  }

  private func add(_ store: Store, _ controller: NewController) async throws -> Bool {
    try await ControllerQueries.add(store.pool, controller, freshness: .seconds(60))
  }

  private func roster(
    _ store: Store, known: [String: Int64] = [:]
  ) async throws -> [ControllerRecord] {
    try await ControllerQueries.roster(store.pool, knownHears: known)
  }

  @Test("a controller is listed with what it hears, and with its epoch when it leads")
  func list() async throws {
    try await withStore { store in
      #expect(try await add(store, controller("p1", named: "a", address: "http://a:1")))
      #expect(try await add(store, controller("p2", named: "b")))
      try await ControllerQueries.setHears(store.pool, process: "p1", workerIDs: [3, 5])
      let answer = try await LeadershipQueries.acquire(
        store, holder: "p2", lease: .seconds(60))
      let all = try await roster(store)
      #expect(all.map(\.name.text) == ["a", "b"])
      #expect(all.map(\.hears) == [[3, 5], []])
      #expect(all.map(\.workerCount) == [2, 0])
      #expect(all.map(\.address) == ["http://a:1", nil])
      #expect(all[0].epoch == nil)
      #expect(all[1].epoch.map { .leads(epoch: $0) } == answer)
      #expect(all.allSatisfy { $0.unseenFor < .seconds(30) })
      let page = try await ControllerQueries.list(store.pool, ListRequest(limit: 1))
      #expect(page.items.map(\.name.text) == ["a"])
      #expect(page.next != nil)
      #expect(try await ControllerQueries.get(store.pool, name: .of("b")).id == all[1].id)
      await #expect(throws: StoreError.notFound(.controller)) {
        try await ControllerQueries.get(store.pool, name: .of("c"))
      }
    }
  }

  @Test("what a controller hears is read only when it differs from what is known")
  func knownHears() async throws {
    try await withStore { store in
      #expect(try await add(store, controller("p1")))
      try await ControllerQueries.setHears(store.pool, process: "p1", workerIDs: [1])
      let version = try await roster(store)[0].hearsVersion
      #expect(try await roster(store, known: ["p1": version])[0].hears == nil)
      #expect(try await ControllerQueries.touch(store.pool, process: "p1"))
      #expect(try await roster(store, known: ["p1": version])[0].hears == nil)
      try await ControllerQueries.setHears(store.pool, process: "p1", workerIDs: [])
      #expect(try await roster(store, known: ["p1": version])[0].hears == [])
    }
  }

  @Test("a name belongs to whoever was seen of late, unless it comes back at the same address")
  func names() async throws {
    try await withStore { store in
      #expect(try await add(store, controller("p1", address: "http://a:1")))
      #expect(try await !add(store, controller("p2", address: "http://b:1")))
      #expect(try await !add(store, controller("p3")))
      #expect(try await add(store, controller("p4", address: "http://a:1")))
      #expect(try await !ControllerQueries.touch(store.pool, process: "p1"))
      _ = try await store.pool.query(
        "UPDATE controllers SET seen_at = seen_at - interval '61 seconds'", [])
      #expect(try await add(store, controller("p5", address: "http://b:1")))
      #expect(try await roster(store).map(\.process) == ["p5"])
    }
  }

  @Test("controllers that say goodbye go at once, others when they were not seen for long")
  func ends() async throws {
    try await withStore { store in
      for name in ["a", "b", "c"] { _ = try await add(store, controller(name, named: name)) }
      try await ControllerQueries.remove(store.pool, process: "a")
      _ = try await store.pool.query(
        "UPDATE controllers SET seen_at = seen_at - interval '61 seconds' WHERE name = 'b'", [])
      try await ControllerQueries.trim(store.pool, unseenFor: .seconds(60))
      #expect(try await roster(store).map(\.name.text) == ["c"])
    }
  }

  @Test("a row from before the clock was set back counts as not seen")
  func clockSetBack() async throws {
    try await withStore { store in
      _ = try await add(store, controller("p1"))
      _ = try await store.pool.query(
        "UPDATE controllers SET seen_at = seen_at + interval '1 hour'", [])
      #expect(try await roster(store)[0].unseenFor > .seconds(60))
    }
  }
}
