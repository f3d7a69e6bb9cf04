import AspenModel
import AspenScheduler
import AspenTestSupport
import Testing

@Suite("Planner properties")
struct PlannerPropertyTests {
  private static let rounds = 400

  @Test(
    "new placements fit, never exceed capacity, and never land on workers that take no new ones")
  func placementsAreAllowed() throws {
    try forEachCluster { snapshot, seed in
      let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0) })
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      let plan = Planner.plan(snapshot)
      let loads = loads(of: applying(plan, to: snapshot))
      for case .place(let streamID, let workerID, let expected, _) in plan.actions {
        let worker = try #require(workers[workerID], "seed \(seed)")
        let stream = try #require(streams[streamID], "seed \(seed)")
        #expect(takesNewStreams(worker) && fits(stream, worker), "seed \(seed)")
        #expect(stream.isEnabled && !stream.isDeletionRequested, "seed \(seed)")
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
          takesNewStreams($0) && fits(stream, $0) && loads[$0.id, default: 0] < $0.capacity
        }
        #expect(takers.isEmpty && !unplaced.reason.isEmpty, "seed \(seed)")
      }
      let unplaced = Set(plan.unplaced.map(\.streamID))
      for stream in applying(plan, to: snapshot).streams
      where stream.isEnabled && !stream.isDeletionRequested {
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
          worker.phase != .lost, fits(stream, worker),
          !worker.isDraining || worker.phase == .expected
        else { continue }
        #expect(!moved.contains(stream.id), "seed \(seed)")
      }
    }
  }

  @Test("a stream whose deletion was requested is never touched")
  func deletedStreamsAreLeftAlone() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let deleted = Set(snapshot.streams.filter(\.isDeletionRequested).map(\.id))
      let touched = plan.actions.map(\.streamID) + plan.unplaced.map(\.streamID)
      #expect(deleted.isDisjoint(with: touched + plan.stuck.map(\.streamID)), "seed \(seed)")
    }
  }

  @Test("a ready draining worker keeps only what no other could take, each with a reason")
  func drainedWorkersEmpty() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let after = applying(plan, to: snapshot)
      let loads = loads(of: after)
      let stuck = Dictionary(uniqueKeysWithValues: plan.stuck.map { ($0.streamID, $0) })
      for worker in snapshot.workers where worker.isDraining && worker.phase == .ready {
        for stream in after.streams
        where stream.current?.workerID == worker.id && !stream.isDeletionRequested {
          let takers = snapshot.workers.filter {
            takesNewStreams($0) && fits(stream, $0) && loads[$0.id, default: 0] < $0.capacity
          }
          #expect(takers.isEmpty, "seed \(seed)")
          #expect(stuck[stream.id]?.reason.isEmpty == false, "seed \(seed)")
          #expect(stuck[stream.id]?.workerID == worker.id, "seed \(seed)")
        }
      }
    }
  }

  @Test("no plan moves more than its bound from draining workers, and plans in a row move all")
  func drainIsBounded() throws {
    let workers = [
      try worker(1, capacity: 200, isDraining: true), try worker(2, capacity: 200),
    ]
    let streams = try (1...120).map {
      try stream(Int64($0), current: CurrentPlacement(workerID: 1, generation: 1))
    }
    var snapshot = ClusterSnapshot(streams: streams, workers: workers)
    var moves: [Int] = []
    repeat {
      let plan = Planner.plan(snapshot)
      #expect(plan.stuck == [])
      moves.append(plan.actions.count)
      snapshot = applying(plan, to: snapshot)
    } while moves.last != 0 && moves.count < 10
    #expect(moves == [Planner.movesPerPass, Planner.movesPerPass, 20, 0])
  }

  @Test("an explanation calls exactly those workers feasible that the plan may choose or keep")
  func explanationsAgreeWithPlans() throws {
    try forEachCluster { snapshot, seed in
      let loads = loads(of: snapshot)
      let plan = Planner.plan(snapshot, maxMoves: .max)
      let changed = Set(plan.actions.map(\.streamID))
      for stream in snapshot.streams {
        let found = Planner.explain(stream: stream.id, in: snapshot)
        let explanation = try #require(found, "seed \(seed)")
        let byID = Dictionary(
          uniqueKeysWithValues: explanation.candidates.map { ($0.workerID, $0) })
        #expect(byID.count == snapshot.workers.count, "seed \(seed)")
        for worker in snapshot.workers {
          let isOwn = stream.current?.workerID == worker.id
          let mayRun =
            isOwn
            ? worker.phase != .lost && !worker.isDraining
            : takesNewStreams(worker) && loads[worker.id, default: 0] < worker.capacity
          let isWanted = stream.isEnabled && !stream.isDeletionRequested
          #expect(
            byID[worker.id]?.isFeasible == (isWanted && mayRun && fits(stream, worker)),
            "seed \(seed), stream \(stream.name), worker \(worker.name)")
        }
        if changed.contains(stream.id) { #expect(explanation.reason != nil, "seed \(seed)") }
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
    let sites: [String?] = [nil, nil, "hq", "lab"]
    let workers = try (0..<Int.random(in: 0...6, using: &generator)).map { index in
      var labels: [String: String] = [:]
      if Bool.random(using: &generator) { labels["gpu"] = "yes" }
      if Bool.random(using: &generator) {
        labels["site"] = ["a", "b", "c"].randomElement(using: &generator)
      }
      return try worker(
        Int64(index + 1), labels: labels, capacity: Int.random(in: 0...5, using: &generator),
        site: sites.randomElement(using: &generator) ?? nil,
        phase: WorkerPhase.allCases.randomElement(using: &generator) ?? .ready,
        isCordoned: Int.random(in: 0..<5, using: &generator) == 0,
        isDraining: Int.random(in: 0..<4, using: &generator) == 0)
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
        require: selectors.randomElement(using: &generator) ?? "",
        site: sites.randomElement(using: &generator) ?? nil, current: current,
        isDeletionRequested: Int.random(in: 0..<8, using: &generator) == 0)
    }
    return ClusterSnapshot(streams: streams, workers: workers)
  }

  private func worker(
    _ id: Int64, labels: [String: String] = [:], capacity: Int, site: String? = nil,
    phase: WorkerPhase = .ready, isCordoned: Bool = false, isDraining: Bool = false
  ) throws -> SchedulableWorker {
    SchedulableWorker(
      id: id, name: try ObjectName("w\(id)"), labels: try Labels(labels),
      site: try site.map { try ObjectName($0) }, capacity: capacity, phase: phase,
      isCordoned: isCordoned, isDraining: isDraining)
  }

  private func stream(
    _ id: Int64, isEnabled: Bool = true, require: String = "", site: String? = nil,
    current: CurrentPlacement? = nil, isDeletionRequested: Bool = false
  ) throws -> SchedulableStream {
    SchedulableStream(
      id: id, name: try ObjectName("s\(id)"), isEnabled: isEnabled,
      require: try LabelSelector(parsing: require), site: try site.map { try ObjectName($0) },
      current: current, isDeletionRequested: isDeletionRequested)
  }

  private func takesNewStreams(_ worker: SchedulableWorker) -> Bool {
    worker.phase == .ready && !worker.isCordoned && !worker.isDraining
  }

  private func fits(_ stream: SchedulableStream, _ worker: SchedulableWorker) -> Bool {
    let requirement = stream.requirement
    return requirement.labels.matches(worker.labels)
      && (requirement.site == nil || requirement.site == worker.site)
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
        id: stream.id, name: stream.name, isEnabled: stream.isEnabled,
        require: stream.requirement.labels, site: stream.requirement.site, current: current,
        isDeletionRequested: stream.isDeletionRequested)
    }
    return ClusterSnapshot(streams: streams, workers: snapshot.workers)
  }
}
