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

  @Test("a worker joins with the token's labels over its own, and is known by its credential")
  func join() async throws {
    try await withStore { store in
      try await store.add(.site, "hq")
      try await store.addJoinToken("token", JoinTokenSpec(uses: 2, site: .of("hq")))
      let join = try join("w1", token: "token")
      let worker = try await store.write { try await WorkerQueries.join($0, join) }
      #expect(worker.metadata.labels.values == ["own": "1", "from": "token"])
      #expect(worker.capacityStreams == 4)
      #expect(worker.version == "1.2")
      #expect(worker.lastSeenAt == nil)
      #expect(!worker.isCordoned && !worker.isDraining)
      #expect(worker.site?.text == "hq")
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
          "1 site hq created", "2 join_token token created", "3 join_token token updated",
          "4 worker w1 created",
        ])
    }
  }

  @Test("a token that is unknown, false, expired or used up lets nobody join")
  func refusals() async throws {
    try await withStore { store in
      try await store.addJoinToken("good", JoinTokenSpec(uses: 1))
      try await store.addJoinToken(
        "old", JoinTokenSpec(expiresAt: Timestamp(microseconds: 1000)))
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
      try await store.addJoinToken("token", JoinTokenSpec(uses: 3))
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
      try await store.addJoinToken("token", JoinTokenSpec(uses: 1))
      await #expect(throws: StoreError.conflict(.nameTaken(.worker))) {
        var join = try join("w", token: "token")
        join.credentialSHA256 = digest("another")
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

  @Test("a worker that joins again with its credential gets the same answer and uses up nothing")
  func joinAgain() async throws {
    try await withStore { store in
      try await store.addJoinToken("token", JoinTokenSpec(uses: 1))
      let join = try join("w", token: "token")
      let worker = try await store.write { try await WorkerQueries.join($0, join) }
      let again = try await store.write { try await WorkerQueries.join($0, join) }
      #expect(again == worker)
      #expect(try await store.feed().count == 3)
      let wrong = try self.join("w", token: "token", secret: "wrong")
      await #expect(throws: StoreError.joinRefused(.unknownToken)) {
        try await store.write { try await WorkerQueries.join($0, wrong) }
      }
      await #expect(throws: StoreError.joinRefused(.usedUp)) {
        let other = try self.join("w2", token: "token")
        return try await store.write { try await WorkerQueries.join($0, other) }
      }
    }
  }

  @Test("a worker is cordoned and drained by its spec")
  func spec() async throws {
    try await withStore { store in
      let worker = try await store.addWorker("w")
      let spec = WorkerSpec(
        isCordoned: true, isDraining: true, cpuMillicores: 4_000, memoryMiB: 2_048)
      let changed = try await store.update(.worker, "w", spec: spec.json)
      #expect(changed.metadata.generation == 2)
      let cordoned = try await WorkerQueries.get(store.pool, name: .of("w"))
      #expect(cordoned.isCordoned && cordoned.isDraining)
      #expect(cordoned.cpuMillicores == 4_000 && cordoned.memoryMiB == 2_048)
      #expect(cordoned.metadata.labels == worker.metadata.labels)
      #expect(cordoned.capacityStreams == worker.capacityStreams)
      let id = worker.metadata.id
      #expect(try await WorkerQueries.find(store.pool, ids: [id, 9_999]) == [id: cordoned])
      let snapshot = try await AssignmentQueries.schedulingSnapshot(store)
      #expect(snapshot.workers == [cordoned])
    }
  }

  @Test("a join token's limit counts those who have joined, and can be lifted and set")
  func limits() async throws {
    try await withStore { store in
      func remaining() async throws -> Int? {
        try await JoinTokenQueries.get(store.pool, name: .of("t")).usesRemaining
      }
      func join(_ name: String) async throws {
        let join = try self.join(name, token: "t")
        _ = try await store.write { try await WorkerQueries.join($0, join) }
      }
      let token = try await store.addJoinToken("t", JoinTokenSpec(uses: 1))
      try await join("w1")
      #expect(try await remaining() == 0)
      try await store.update(.joinToken, "t", spec: JoinTokenSpec().json)
      #expect(try await remaining() == nil)
      try await join("w2")
      try await store.update(.joinToken, "t", spec: JoinTokenSpec(uses: 5).json)
      #expect(try await remaining() == 3)
      try await store.update(.joinToken, "t", spec: JoinTokenSpec(uses: 1).json)
      #expect(try await remaining() == 0)
      let found = try await JoinTokenQueries.find(store.pool, ids: [token.metadata.id])
      #expect(found[token.metadata.id]?.publicID == "t")
    }
  }
}
