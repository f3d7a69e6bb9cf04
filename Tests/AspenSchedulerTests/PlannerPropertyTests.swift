import AspenModel
import AspenScheduler
import AspenTestSupport
import Testing

@Suite("Planner properties")
struct PlannerPropertyTests {
  private static let rounds = 400

  @Test(
    "new placements never exceed capacity, and never land on lost, expected or cordoned workers")
  func placementsAreAllowed() throws {
    try forEachCluster { snapshot, seed in
      let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0) })
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      let plan = Planner.plan(snapshot)
      let loads = loads(of: applying(plan, to: snapshot))
      for case .place(let streamID, let workerID, let expected, _) in plan.actions {
        let worker = try #require(workers[workerID], "seed \(seed)")
        let stream = try #require(streams[streamID], "seed \(seed)")
        #expect(worker.phase == .ready && !worker.isCordoned, "seed \(seed)")
        #expect(stream.isEnabled && stream.require.matches(worker.labels), "seed \(seed)")
        #expect(expected == stream.current?.generation, "seed \(seed)")
        #expect(loads[workerID, default: 0] <= worker.capacity, "seed \(seed)")
      }
    }
  }

  @Test("every enabled stream that a worker could take is placed")
  func placeableStreamsArePlaced() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let loads = loads(of: applying(plan, to: snapshot))
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      for unplaced in plan.unplaced {
        let stream = try #require(streams[unplaced.streamID], "seed \(seed)")
        let takers = snapshot.workers.filter {
          $0.phase == .ready && !$0.isCordoned && stream.require.matches($0.labels)
            && loads[$0.id, default: 0] < $0.capacity
        }
        #expect(takers.isEmpty && !unplaced.reason.isEmpty, "seed \(seed)")
      }
      let unplaced = Set(plan.unplaced.map(\.streamID))
      for stream in applying(plan, to: snapshot).streams where stream.isEnabled {
        #expect(stream.current != nil || unplaced.contains(stream.id), "seed \(seed)")
      }
    }
  }

  @Test("a stream moves only when it must")
  func streamsStay() throws {
    try forEachCluster { snapshot, seed in
      let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0) })
      let moved = Set(Planner.plan(snapshot).actions.map(\.streamID))
      for stream in snapshot.streams where stream.isEnabled {
        guard let current = stream.current, let worker = workers[current.workerID],
          worker.phase != .lost, stream.require.matches(worker.labels)
        else { continue }
        #expect(!moved.contains(stream.id), "seed \(seed)")
      }
    }
  }

  @Test("the plan does not depend on the order of streams and workers")
  func orderDoesNotMatter() throws {
    try forEachCluster { snapshot, seed in
      var generator = SeededGenerator(seed: seed ^ 0xFF)
      let shuffled = ClusterSnapshot(
        streams: snapshot.streams.shuffled(using: &generator),
        workers: snapshot.workers.shuffled(using: &generator))
      #expect(Planner.plan(shuffled) == Planner.plan(snapshot), "seed \(seed)")
    }
  }

  @Test("planning again after the plan was performed changes nothing")
  func plansAreIdempotent() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let again = Planner.plan(applying(plan, to: snapshot))
      #expect(again.actions.isEmpty, "seed \(seed)")
      #expect(again.unplaced.map(\.streamID) == plan.unplaced.map(\.streamID), "seed \(seed)")
    }
  }

  @Test("equal empty workers end up at most one stream apart")
  func spreadIsEven() throws {
    let workers = try (1...7).map { try worker(Int64($0), capacity: 40) }
    let streams = try (1...100).map { try stream(Int64($0)) }
    let snapshot = ClusterSnapshot(streams: streams, workers: workers)
    let counts = loads(of: applying(Planner.plan(snapshot), to: snapshot)).values
    #expect(counts.count == 7 && counts.allSatisfy { (14...15).contains($0) })
  }

  // MARK: - Clusters

  private func forEachCluster(_ check: (ClusterSnapshot, UInt64) throws -> Void) throws {
    let base = UInt64.random(in: 0...UInt64.max)
    print("planner properties: base seed \(base)")
    for round in 0..<Self.rounds {
      let seed = base &+ UInt64(round)
      try check(try randomCluster(seed: seed), seed)
    }
  }

  private func randomCluster(seed: UInt64) throws -> ClusterSnapshot {
    var generator = SeededGenerator(seed: seed)
    let selectors = ["", "", "gpu=yes", "!gpu", "site in (a,b)", "site=a,gpu", "gpu!=yes"]
    let workers = try (0..<Int.random(in: 0...6, using: &generator)).map { index in
      var labels: [String: String] = [:]
      if Bool.random(using: &generator) { labels["gpu"] = "yes" }
      if Bool.random(using: &generator) {
        labels["site"] = ["a", "b", "c"].randomElement(using: &generator)
      }
      return try worker(
        Int64(index + 1), labels: labels, capacity: Int.random(in: 0...5, using: &generator),
        phase: WorkerPhase.allCases.randomElement(using: &generator) ?? .ready,
        isCordoned: Int.random(in: 0..<5, using: &generator) == 0)
    }
    let streams = try (0..<Int.random(in: 0...25, using: &generator)).map { index in
      // Worker ids up to 8: some of the workers no longer exist.
      let current =
        Bool.random(using: &generator)
        ? CurrentPlacement(
          workerID: Int64.random(in: 1...8, using: &generator),
          generation: Int64.random(in: 1...99, using: &generator)) : nil
      return try stream(
        Int64(index + 1), isEnabled: Int.random(in: 0..<6, using: &generator) > 0,
        require: selectors.randomElement(using: &generator) ?? "", current: current)
    }
    return ClusterSnapshot(streams: streams, workers: workers)
  }

  private func worker(
    _ id: Int64, labels: [String: String] = [:], capacity: Int, phase: WorkerPhase = .ready,
    isCordoned: Bool = false
  ) throws -> SchedulableWorker {
    SchedulableWorker(
      id: id, name: try ObjectName("w\(id)"), labels: try Labels(labels), capacity: capacity,
      phase: phase, isCordoned: isCordoned)
  }

  private func stream(
    _ id: Int64, isEnabled: Bool = true, require: String = "", current: CurrentPlacement? = nil
  ) throws -> SchedulableStream {
    SchedulableStream(
      id: id, name: try ObjectName("s\(id)"), isEnabled: isEnabled,
      require: try LabelSelector(parsing: require), current: current)
  }

  private func loads(of snapshot: ClusterSnapshot) -> [Int64: Int] {
    var loads: [Int64: Int] = [:]
    for stream in snapshot.streams {
      if let current = stream.current { loads[current.workerID, default: 0] += 1 }
    }
    return loads
  }

  private func applying(_ plan: Plan, to snapshot: ClusterSnapshot) -> ClusterSnapshot {
    let actions = Dictionary(uniqueKeysWithValues: plan.actions.map { ($0.streamID, $0) })
    let streams = snapshot.streams.map { stream in
      var current = stream.current
      switch actions[stream.id] {
      case .place(_, let workerID, let expected, _):
        current = CurrentPlacement(workerID: workerID, generation: (expected ?? 0) + 1)
      case .unassign: current = nil
      case nil: break
      }
      return SchedulableStream(
        id: stream.id, name: stream.name, isEnabled: stream.isEnabled, require: stream.require,
        current: current)
    }
    return ClusterSnapshot(streams: streams, workers: snapshot.workers)
  }
}
