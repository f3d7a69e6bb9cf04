import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Workers and tokens in the store")
struct WorkerQueriesTests {
  private func join(_ name: String, token: String, secret: String? = nil) throws -> WorkerJoin {
    WorkerJoin(
      tokenPublicID: token, tokenSecretSHA256: digest(secret ?? token), name: try .of(name),
      labels: try Labels(["own": "1", "from": "worker"]), capacityStreams: 4, version: "1.2",
      credentialSHA256: digest("credential " + name))
  }

  private func addToken(
    _ store: Store, _ name: String, expiresAt: Timestamp? = nil, uses: Int? = nil
  ) async throws {
    _ = try await store.write { transaction in
      try await JoinTokenQueries.create(
        transaction, name: .of(name), labels: Labels(["from": "token"]), publicID: name,
        secretSHA256: digest(name), expiresAt: expiresAt, usesRemaining: uses)
    }
  }

  @Test("a worker joins with the token's labels over its own, and is known by its credential")
  func join() async throws {
    try await withStore { store in
      try await addToken(store, "token", uses: 2)
      let join = try join("w1", token: "token")
      let worker = try await store.write { try await WorkerQueries.join($0, join) }
      #expect(worker.metadata.labels.values == ["own": "1", "from": "token"])
      #expect(worker.capacityStreams == 4)
      #expect(worker.version == "1.2")
      #expect(worker.lastSeenAt == nil)
      #expect(!worker.isCordoned)
      let known = try await WorkerQueries.authenticate(
        store.pool, credentialSHA256: digest("credential w1"))
      #expect(known == worker)
      let unknown = try await WorkerQueries.authenticate(
        store.pool, credentialSHA256: digest("other"))
      #expect(unknown == nil)
      let token = try await JoinTokenQueries.get(store.pool, name: .of("token"))
      #expect(token.usesRemaining == 1)
      #expect(
        try await store.feed().map(\.summary) == [
          "1 join_token token created", "2 join_token token updated", "3 worker w1 created",
        ])
    }
  }

  @Test("a token that is unknown, false, expired or used up lets nobody join")
  func refusals() async throws {
    try await withStore { store in
      try await addToken(store, "good", uses: 1)
      try await addToken(store, "old", expiresAt: Timestamp(microseconds: 1))
      func refusal(_ join: WorkerJoin) async -> StoreError? {
        do {
          _ = try await store.write { try await WorkerQueries.join($0, join) }
          return nil
        } catch {
          return error as? StoreError
        }
      }
      #expect(try await refusal(join("w", token: "none")) == .joinRefused(.unknownToken))
      let wrong = try join("w", token: "good", secret: "wrong")
      #expect(await refusal(wrong) == .joinRefused(.unknownToken))
      #expect(try await refusal(join("w", token: "old")) == .joinRefused(.expired))
      #expect(try await refusal(join("w", token: "good")) == nil)
      #expect(try await refusal(join("w2", token: "good")) == .joinRefused(.usedUp))
    }
  }

  @Test("a token of three uses lets three of ten workers join that come at once")
  func concurrentJoins() async throws {
    try await withStore { store in
      try await addToken(store, "token", uses: 3)
      let outcomes = await withTaskGroup(of: StoreError?.self) { group in
        for index in 0..<10 {
          group.addTask {
            do {
              let join = try self.join("w\(index)", token: "token")
              _ = try await store.write { try await WorkerQueries.join($0, join) }
              return nil
            } catch {
              return error as? StoreError
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == nil } == 3)
      #expect(outcomes.count { $0 == .joinRefused(.usedUp) } == 7)
    }
  }

  @Test("a name that is taken does not use the token")
  func nameTaken() async throws {
    try await withStore { store in
      try await store.addWorker("w")
      try await addToken(store, "token", uses: 1)
      await #expect(throws: StoreError.conflict(.nameTaken(.worker))) {
        let join = try join("w", token: "token")
        return try await store.write { try await WorkerQueries.join($0, join) }
      }
      #expect(try await JoinTokenQueries.get(store.pool, name: .of("token")).usesRemaining == 1)
    }
  }

  @Test("touch sets the time of all workers named and makes no revision")
  func touch() async throws {
    try await withStore { store in
      let seen = try await store.addWorker("seen")
      try await store.addWorker("unseen")
      let revision = try await ChangeFeedQueries.newestRevision(store.pool)
      try await WorkerQueries.touch(store.pool, ids: [seen.metadata.id, 9_999])
      #expect(try await WorkerQueries.get(store.pool, name: .of("seen")).lastSeenAt != nil)
      #expect(try await WorkerQueries.get(store.pool, name: .of("unseen")).lastSeenAt == nil)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == revision)
    }
  }

  @Test("a hello that says nothing new makes no revision")
  func hello() async throws {
    try await withStore { store in
      let worker = try await store.addWorker("w", capacity: 10)
      let id = worker.metadata.id
      let same = try await store.write {
        try await WorkerQueries.hello($0, id: id, version: "1.0", capacityStreams: 10)
      }
      #expect(same == worker)
      let newer = try await store.write {
        try await WorkerQueries.hello($0, id: id, version: "1.1", capacityStreams: 12)
      }
      #expect(newer.version == "1.1")
      #expect(newer.capacityStreams == 12)
      #expect(newer.metadata.resourceVersion == worker.metadata.resourceVersion + 1)
    }
  }

  @Test("a worker is cordoned, and deleted only with its assignments if it has any")
  func cordonAndDelete() async throws {
    try await withStore { store in
      try await store.addCamera("a")
      let stream = try await store.addStream("s", camera: "a")
      let worker = try await store.addWorker("w")
      let cordoned = try await store.write {
        try await WorkerQueries.update($0, name: .of("w"), isCordoned: true)
      }
      #expect(cordoned.isCordoned)
      #expect(cordoned.metadata.labels == worker.metadata.labels)
      try await store.write { transaction in
        _ = try await AssignmentQueries.commit(
          transaction,
          [
            .place(
              streamID: stream.metadata.id, workerID: worker.metadata.id, expectedGeneration: nil,
              reason: "test")
          ])
      }
      await #expect(throws: StoreError.stillReferenced(by: .assignment)) {
        try await store.write { try await WorkerQueries.delete($0, name: .of("w")) }
      }
      try await store.write {
        try await WorkerQueries.delete($0, name: .of("w"), removingAssignments: true)
      }
      #expect(try await AssignmentQueries.list(store.pool) == [])
      #expect(try await WorkerQueries.list(store.pool, ListRequest()).items == [])
      #expect(
        try await store.feed().suffix(2).map(\.operation) == [.deleted, .deleted])
    }
  }

  @Test("an access token is known by its secret until it expires or is deleted")
  func accessTokens() async throws {
    try await withStore { store in
      #expect(try await AccessTokenQueries.isEmpty(store.pool))
      let token = try await store.write { transaction in
        _ = try await AccessTokenQueries.create(
          transaction, name: .of("old"), secretSHA256: digest("old"), role: .admin,
          expiresAt: Timestamp(microseconds: 1))
        return try await AccessTokenQueries.create(
          transaction, name: .of("ops"), secretSHA256: digest("ops"), role: .operator)
      }
      #expect(try await !AccessTokenQueries.isEmpty(store.pool))
      func bearer(_ secret: String) async throws -> AccessToken? {
        try await AccessTokenQueries.authenticate(store.pool, secretSHA256: digest(secret))
      }
      #expect(try await bearer("ops") == token)
      #expect(token.role == .operator)
      #expect(try await bearer("old") == nil)
      await #expect(throws: StoreError.conflict(.duplicate(constraint: "access_tokens_secret_key")))
      {
        try await store.write {
          try await AccessTokenQueries.create(
            $0, name: .of("again"), secretSHA256: digest("ops"), role: .viewer)
        }
      }
      try await store.write { try await AccessTokenQueries.delete($0, name: .of("ops")) }
      #expect(try await bearer("ops") == nil)
    }
  }

  @Test("a join token is listed, changed and deleted")
  func joinTokens() async throws {
    try await withStore { store in
      try await addToken(store, "a", expiresAt: Timestamp(microseconds: 4_102_444_800_123_456))
      try await addToken(store, "b", uses: 1)
      let tokens = try await JoinTokenQueries.list(store.pool, ListRequest()).items
      #expect(tokens.map(\.publicID) == ["a", "b"])
      #expect(tokens[0].expiresAt == Timestamp(microseconds: 4_102_444_800_123_456))
      let changed = try await store.write {
        try await JoinTokenQueries.update($0, name: .of("b"), usesRemaining: 5)
      }
      #expect(changed.usesRemaining == 5)
      try await store.write { try await JoinTokenQueries.delete($0, name: .of("a")) }
      #expect(try await JoinTokenQueries.list(store.pool, ListRequest()).items == [changed])
    }
  }
}
