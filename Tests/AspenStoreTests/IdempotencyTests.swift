import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Idempotency keys")
struct IdempotencyTests {
  private func answer(_ text: String, sealed: SealedSecret? = nil) -> IdempotentAnswer {
    IdempotentAnswer(
      requestSHA256: digest(text), status: 201, headers: ["Location": "/v1/cameras/a"],
      body: sealed.map { .sealed($0) } ?? .plain(Array(text.utf8)))
  }

  private func find(
    _ store: Store, _ principal: String, _ key: String
  ) async throws -> IdempotentAnswer? {
    try await store.write {
      try await IdempotencyQueries.find($0, principal: principal, key: key)
    }
  }

  @Test("an answer comes back to whom it was given, and to nobody else")
  func answers() async throws {
    try await withStore { store in
      let plain = answer("{\"ok\":true}")
      let secret = answer("token", sealed: sealed("body"))
      try await store.write { transaction in
        try await IdempotencyQueries.save(transaction, principal: "token/a", key: "k 1", plain)
        try await IdempotencyQueries.save(transaction, principal: "token/a", key: "k 2", secret)
      }
      #expect(try await find(store, "token/a", "k 1") == plain)
      #expect(try await find(store, "token/a", "k 2") == secret)
      #expect(try await find(store, "token/b", "k 1") == nil)
      await #expect(throws: StoreError.conflict(.duplicate(constraint: "idempotency_keys_pkey"))) {
        try await store.write {
          try await IdempotencyQueries.save($0, principal: "token/a", key: "k 1", plain)
        }
      }
      try await IdempotencyQueries.trim(store.pool, olderThan: .seconds(60))
      #expect(try await find(store, "token/a", "k 1") == plain)
      try await IdempotencyQueries.trim(store.pool, olderThan: .zero)
      #expect(try await find(store, "token/a", "k 1") == nil)
    }
  }

  @Test("of eight equal requests at once one is carried out, and all get its answer")
  func concurrent() async throws {
    try await withStore(connections: 9) { store in
      let answers = try await withThrowingTaskGroup(of: IdempotentAnswer.self) { group in
        for index in 0..<8 {
          group.addTask {
            try await store.write { transaction in
              let found = try await IdempotencyQueries.find(
                transaction, principal: "p", key: "k")
              if let found { return found }
              _ = try await ResourceQueries.create(transaction, .site, name: .of("s"), spec: [:])
              let own = self.answer("answer \(index)")
              try await IdempotencyQueries.save(transaction, principal: "p", key: "k", own)
              return own
            }
          }
        }
        return try await group.reduce(into: Set<IdempotentAnswer>()) { $0.insert($1) }
      }
      #expect(answers.count == 1)
      #expect(try await store.feed().count == 1)
    }
  }
}
