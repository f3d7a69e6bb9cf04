import AspenModel
import AspenPostgres
import AspenStore
import Testing

@Suite("Assignments in the store")
struct AssignmentQueriesTests {
  /// A store with streams `s0`, `s1`, … and workers `w0`, `w1`, ….
  private func withFleet(
    streams: Int, workers: Int,
    _ body: (Store, [Stream], [Worker]) async throws -> Void
  ) async throws {
    try await withStore { store in
      try await store.addCamera(
        "cam", labels: ["site": "a"], username: "u", password: sealed("hunter2"))
      var all: [Stream] = []
      for index in 0..<streams { all.append(try await store.addStream("s\(index)", camera: "cam")) }
      var fleet: [Worker] = []
      for index in 0..<workers { fleet.append(try await store.addWorker("w\(index)")) }
      try await body(store, all, fleet)
    }
  }

  private func place(
    _ stream: Stream, _ worker: Worker, expecting generation: Int64?
  ) -> PlannedChange {
    .place(
      streamID: stream.metadata.id, workerID: worker.metadata.id, expectedGeneration: generation,
      reason: "most room")
  }

  @Test("a plan is carried out with a revision for each step")
  func commit() async throws {
    try await withFleet(streams: 3, workers: 2) { store, streams, workers in
      let before = try await ChangeFeedQueries.newestRevision(store.pool)
      let placed = try await store.write {
        try await AssignmentQueries.commit(
          $0,
          [
            place(streams[0], workers[0], expecting: nil),
            place(streams[1], workers[1], expecting: nil),
          ])
      }
      #expect(placed.map(\.streamName.text) == ["s0", "s1"])
      #expect(placed.map(\.workerName.text) == ["w0", "w1"])
      #expect(placed.map(\.generation) == [before + 1, before + 2])
      #expect(placed.map(\.reason) == ["most room", "most room"])
      #expect(try await AssignmentQueries.list(store.pool) == placed)
      #expect(try await AssignmentQueries.get(store.pool, stream: .of("s1")) == placed[1])
      #expect(try await AssignmentQueries.get(store.pool, stream: .of("s2")) == nil)
      let changes = try await ChangeFeedQueries.changes(store.pool, after: before).changes
      #expect(changes.map(\.kind) == [.assignment, .assignment])
      #expect(changes.map(\.objectID) == streams[0...1].map(\.metadata.id))
    }
  }

  @Test("a stream that is handed over is both workers', each at its generation, until that ends")
  func handover() async throws {
    try await withFleet(streams: 1, workers: 3) { store, streams, workers in
      let id = streams[0].metadata.id
      func move(to worker: Worker, from generation: Int64) async throws -> Assignment {
        try await store.write {
          try await AssignmentQueries.commit(
            $0,
            [
              .place(
                streamID: id, workerID: worker.metadata.id, expectedGeneration: generation,
                reason: "drain", handsOver: true)
            ])[0]
        }
      }
      func generations() async throws -> [Int64?] {
        var found: [Int64?] = []
        for worker in workers {
          let desired = try await AssignmentQueries.desired(
            store.pool, workerID: worker.metadata.id)
          found.append(desired.streams.first?.generation)
        }
        return found
      }
      let first = try await store.place(streams[0], on: workers[0])
      let second = try await move(to: workers[1], from: first.generation)
      #expect(second.previous == first.owner)
      #expect(try await generations() == [first.generation, second.generation, nil])
      // The one in the middle never had pictures: the first goes on.
      let third = try await move(to: workers[2], from: second.generation)
      #expect(third.previous == first.owner)
      #expect(try await generations() == [first.generation, nil, third.generation])
      let end = PlannedChange.endHandover(streamID: id, expectedGeneration: third.generation)
      try await store.write { try await AssignmentQueries.carryOut($0, [end]) }
      #expect(try await generations() == [nil, nil, third.generation])
      let last = try await AssignmentQueries.get(store.pool, stream: .of("s0"))
      #expect(last?.owner == third.owner && last?.previous == nil)
      #expect(last?.assignedAt == third.assignedAt)
      let previous = try await store.feed().suffix(4).map { $0.object?["previous_worker"]?.text }
      #expect(previous == [nil, "w0", "w0", nil])
    }
  }

  @Test("a worker that was deleted hands nothing over any more")
  func deletedPrevious() async throws {
    try await withFleet(streams: 1, workers: 2) { store, streams, workers in
      let first = try await store.place(streams[0], on: workers[0])
      let step = PlannedChange.place(
        streamID: streams[0].metadata.id, workerID: workers[1].metadata.id,
        expectedGeneration: first.generation, reason: "drain", handsOver: true)
      _ = try await store.write { try await AssignmentQueries.commit($0, [step]) }
      try await store.delete(.worker, "w0")
      let left = try await AssignmentQueries.get(store.pool, stream: .of("s0"))
      #expect(left?.workerName.text == "w1" && left?.previous == nil)
    }
  }

  @Test("a generation only grows, also when a stream was without a worker in between")
  func monotonicGeneration() async throws {
    try await withFleet(streams: 1, workers: 2) { store, streams, workers in
      let stream = streams[0]
      var generations: [Int64] = []
      for round in 0..<3 {
        let first = try await store.write {
          try await AssignmentQueries.commit(
            $0, [place(stream, workers[0], expecting: nil)])[0]
        }
        let second = try await store.write {
          try await AssignmentQueries.commit(
            $0, [place(stream, workers[1], expecting: first.generation)])[0]
        }
        generations += [first.generation, second.generation]
        #expect(second.workerName.text == "w1", "round \(round)")
        _ = try await store.write {
          try await AssignmentQueries.commit(
            $0,
            [.unassign(streamID: stream.metadata.id, expectedGeneration: second.generation)])
        }
        #expect(try await AssignmentQueries.list(store.pool) == [])
      }
      #expect(generations == Array(Set(generations)).sorted() && generations.count == 6)
    }
  }

  @Test("a plan of which one step is out of date changes nothing")
  func stale() async throws {
    try await withFleet(streams: 3, workers: 1) { store, streams, workers in
      _ = try await store.write {
        try await AssignmentQueries.commit($0, [place(streams[0], workers[0], expecting: nil)])
      }
      let before = try await ChangeFeedQueries.newestRevision(store.pool)
      let stalePlans: [[PlannedChange]] = [
        [
          place(streams[1], workers[0], expecting: nil),
          place(streams[0], workers[0], expecting: nil),
        ],
        [
          place(streams[1], workers[0], expecting: nil),
          place(streams[0], workers[0], expecting: 2),
        ],
        [
          place(streams[1], workers[0], expecting: nil),
          .unassign(streamID: streams[0].metadata.id, expectedGeneration: 2),
        ],
      ]
      for plan in stalePlans {
        await #expect(throws: StoreError.stale(streamIDs: [streams[0].metadata.id])) {
          try await store.write { try await AssignmentQueries.commit($0, plan) }
        }
      }
      await #expect(throws: StoreError.stale(streamIDs: [9_999])) {
        try await store.write {
          try await AssignmentQueries.commit(
            $0, [.unassign(streamID: 9_999, expectedGeneration: 1)])
        }
      }
      await #expect(throws: StoreError.missingReference(.worker)) {
        try await store.write {
          try await AssignmentQueries.commit(
            $0,
            [
              .place(
                streamID: streams[2].metadata.id, workerID: 9_999, expectedGeneration: nil,
                reason: "")
            ])
        }
      }
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == before)
      #expect(try await AssignmentQueries.list(store.pool).map(\.streamName.text) == ["s0"])
    }
  }

  @Test("a long plan is carried out part by part, and streams leave before others come")
  func parts() async throws {
    try await withFleet(streams: 5, workers: 2) { store, streams, workers in
      let claim = try await store.lead()
      try await AssignmentQueries.carryOut(
        store, streams[3...].map { place($0, workers[0], expecting: nil) }, as: claim)
      let current = try await AssignmentQueries.list(store.pool)
      let plan = [
        place(streams[0], workers[0], expecting: nil),
        place(streams[1], workers[0], expecting: nil),
        place(streams[2], workers[0], expecting: 99),
        place(streams[3], workers[1], expecting: current[0].generation),
        .unassign(streamID: streams[4].metadata.id, expectedGeneration: current[1].generation),
      ]
      let sound = plan.filter { $0.streamID != streams[2].metadata.id }
      await #expect(throws: StoreError.stale(streamIDs: [streams[2].metadata.id])) {
        try await AssignmentQueries.carryOut(store, plan, as: claim, stepsAtOnce: 1)
      }
      #expect(try await AssignmentQueries.list(store.pool) == current, "it was the first to leave")
      try await AssignmentQueries.carryOut(store, sound, as: claim, stepsAtOnce: 3)
      let changes = try await store.feed().suffix(4).map { "\($0.objectName) \($0.operation)" }
      #expect(changes == ["s3 updated", "s4 deleted", "s0 created", "s1 created"])
      #expect(
        try await AssignmentQueries.list(store.pool).map { "\($0.streamName) \($0.workerName)" }
          == ["s0 w0", "s1 w0", "s3 w1"])
      let newest = try await ChangeFeedQueries.newestRevision(store.pool)
      #expect(try await store.feed().last?.revision == newest)
    }
  }

  @Test("no assignment names what there is not, whoever writes")
  func references() async throws {
    try await withFleet(streams: 1, workers: 1) { store, streams, workers in
      try await store.place(streams[0], on: workers[0])
      let insert =
        "INSERT INTO assignments (stream_id, worker_id, generation, reason, resource_version)"
      for wrong in [
        insert + " SELECT 9999, id, 1, '', 1 FROM workers",
        "UPDATE assignments SET worker_id = 9999",
        "DELETE FROM workers",
      ] {
        let error = await #expect(throws: PostgresError.self) { try await store.pool.query(wrong) }
        #expect(error?.sqlstate == "23503", "\(wrong)")
      }
      _ = try await store.pool.query("DELETE FROM streams")
      #expect(try await store.pool.query("SELECT FROM assignments").isEmpty)
    }
  }

  @Test("of two planners that saw the same state one wins")
  func competingPlanners() async throws {
    try await withFleet(streams: 1, workers: 2) { store, streams, workers in
      let outcomes = await withTaskGroup(of: Bool.self) { group in
        for worker in workers {
          group.addTask {
            (try? await store.write {
              try await AssignmentQueries.commit($0, [place(streams[0], worker, expecting: nil)])
            }) != nil
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0 } == 1)
      let assignments = try await AssignmentQueries.list(store.pool)
      #expect(assignments.count == 1)
    }
  }

  @Test("the scheduler's snapshot holds streams, workers and assignments of one revision")
  func snapshot() async throws {
    try await withFleet(streams: 2, workers: 1) { store, streams, workers in
      let placed = try await store.write {
        try await AssignmentQueries.commit($0, [place(streams[1], workers[0], expecting: nil)])
      }
      let snapshot = try await AssignmentQueries.schedulingSnapshot(store)
      #expect(snapshot.streams.map(\.stream) == streams)
      #expect(snapshot.streams.map(\.cameraName.text) == ["cam", "cam"])
      #expect(snapshot.streams[0].cameraLabels["site"] == "a")
      #expect(snapshot.workers == workers)
      #expect(snapshot.assignments == placed)
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == snapshot.revision)
      #expect(snapshot.policies == [:])
    }
  }

  @Test("the scheduler's snapshot holds how sites share streams out, where they say it")
  func policies() async throws {
    try await withStore { store in
      try await store.add(.site, "hq", SiteSpec(placement: .pack).json)
      try await store.add(.site, "lab", SiteSpec(description: "a lab").json)
      let snapshot = try await AssignmentQueries.schedulingSnapshot(store)
      #expect(snapshot.policies == [try .of("hq"): .pack])
    }
  }

  @Test("a worker's desired set is its own streams, with the cameras' passwords")
  func desired() async throws {
    try await withFleet(streams: 3, workers: 2) { store, streams, workers in
      _ = try await store.write {
        try await AssignmentQueries.commit(
          $0,
          [
            place(streams[2], workers[0], expecting: nil),
            place(streams[0], workers[0], expecting: nil),
            place(streams[1], workers[1], expecting: nil),
          ])
      }
      let desired = try await AssignmentQueries.desired(
        store.pool, workerID: workers[0].metadata.id)
      #expect(desired.streams.map(\.streamName.text) == ["s0", "s2"])
      #expect(desired.streams.map(\.spec) == [streams[0].spec, streams[2].spec])
      #expect(desired.streams[0].sealedPassword == sealed("hunter2"))
      #expect(desired.streams[0].legacyPassword == nil)
      #expect(desired.streams.map(\.cameraID) == [streams[0].cameraID, streams[2].cameraID])
      #expect(try desired.streams[0].cameraSpec == .rtsp(username: "u"))
      #expect(!"\(desired)".contains("hunter2"))
      #expect(try await ChangeFeedQueries.newestRevision(store.pool) == desired.revision)
      let none = try await AssignmentQueries.desired(store.pool, workerID: 9_999)
      #expect(none.streams == [])
      #expect(none.revision == desired.revision)
    }
  }
}
