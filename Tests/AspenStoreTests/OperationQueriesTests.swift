import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Operations in the store")
struct OperationQueriesTests {
  @Test("an operation begins, tells how far it is, and ends once")
  func life() async throws {
    try await withStore { store in
      let drain = try await store.write(origin: .of("ada", "worker_drain")) {
        try await OperationQueries.create($0, .workerDrain, target: .of("w"), totalCount: 4)
      }
      #expect(drain.name.text == "worker-drain-\(drain.id)")
      #expect(drain.state == .pending && drain.target == "w" && drain.totalCount == 4)
      #expect(try await OperationQueries.running(store.pool) == [drain])
      let half = try await store.write {
        try await OperationQueries.progress(
          $0, id: drain.id, doneCount: 2, totalCount: 4, message: "two streams left")
      }
      #expect(half.state == .running && half.doneCount == 2 && half.message == "two streams left")
      let over = try await store.write {
        try await OperationQueries.finish($0, id: drain.id, .succeeded, message: "done")
      }
      #expect(over.state == .succeeded && over.finishedAt != nil)
      #expect(try await OperationQueries.get(store.pool, name: drain.name) == over)
      #expect(try await OperationQueries.running(store.pool).isEmpty)
      await #expect(throws: StoreError.notFound(.operation)) {
        try await store.write {
          try await OperationQueries.finish($0, id: drain.id, .failed, message: "again")
        }
      }
      let feed = try await store.feed()
      #expect(
        feed.map(\.summary) == [
          "1 operation \(drain.name) created", "2 operation \(drain.name) updated",
          "3 operation \(drain.name) updated",
        ])
      #expect(feed[1].object?["progress"]?["done"]?.wholeNumber == 2)
      let audit = try await AuditQueries.list(store.pool, AuditFilter())
      #expect(audit.map(\.objectName) == [drain.name.text])
      try await OperationQueries.trim(store.pool, olderThan: .zero)
      await #expect(throws: StoreError.notFound(.operation)) {
        try await OperationQueries.get(store.pool, name: drain.name)
      }
    }
  }

  @Test("operations are listed newest first")
  func list() async throws {
    try await withStore { store in
      try await store.write { transaction in
        for _ in 0..<3 { _ = try await OperationQueries.create(transaction, .secretReseal) }
      }
      var request = ListRequest(limit: 2, sort: ListSort(.createdAt, isDescending: true))
      let first = try await OperationQueries.list(store.pool, request)
      request.cursor = first.next
      let second = try await OperationQueries.list(store.pool, request)
      #expect((first.items + second.items).map(\.id) == [3, 2, 1])
      #expect(second.next == nil)
      request.scopes = [.everything]
      #expect(try await OperationQueries.list(store.pool, request).items.isEmpty)
    }
  }
}
