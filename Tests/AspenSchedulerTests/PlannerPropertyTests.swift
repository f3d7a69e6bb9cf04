import AspenModel
import AspenScheduler
import AspenTestSupport
import Testing

@Suite("Planner properties")
struct PlannerPropertyTests {
  private static let rounds = 400

  @Test("new placements fit, never exceed limits, and never land on workers that take no new ones")
  func placementsAreAllowed() throws {
    try forEachCluster(hasAges: true) { snapshot, seed in
      let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0) })
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      let plan = Planner.plan(snapshot)
      let loads = Loads(snapshot.performing(plan))
      #expect(Set(plan.actions.map(\.streamID)).count == plan.actions.count, "seed \(seed)")
      for case .place(let streamID, let workerID, let expected, _, _) in plan.actions {
        let worker = try #require(workers[workerID], "seed \(seed)")
        let stream = try #require(streams[streamID], "seed \(seed)")
        #expect(worker.isOpen && worker.fits(stream) && stream.isWanted, "seed \(seed)")
        #expect(expected == stream.current?.generation, "seed \(seed)")
        #expect(stream.current?.workerID != workerID, "seed \(seed)")
        #expect(loads.areWithinLimits(of: worker), "seed \(seed)")
      }
    }
  }

  @Test("every stream that a worker could take is placed, or has a reason to wait")
  func placeableStreamsArePlaced() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let after = snapshot.performing(plan)
      let loads = Loads(after)
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      for unplaced in plan.unplaced {
        let stream = try #require(streams[unplaced.streamID], "seed \(seed)")
        #expect(!unplaced.reason.isEmpty)
        if mayWait(stream, in: snapshot) { continue }
        for worker in snapshot.workers where worker.isOpen && worker.fits(stream) {
          let isPossible = loads.areWithinLimits(of: worker, with: stream) { other in
            other.priority < stream.priority && other.isWanted
          }
          #expect(!isPossible, "seed \(seed): \(stream.name) on \(worker.name)")
        }
      }
      let unplaced = Set(plan.unplaced.map(\.streamID))
      for stream in after.streams where stream.isWanted {
        #expect(stream.current != nil || unplaced.contains(stream.id), "seed \(seed)")
      }
    }
  }

  @Test("a stream moves only when it must, makes room, or is better off by far")
  func streamsStay() throws {
    try forEachCluster(hasAges: true) { snapshot, seed in
      let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0) })
      let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0) })
      for action in Planner.plan(snapshot).actions {
        let stream = try #require(streams[action.streamID])
        guard stream.isEnabled, let current = stream.current,
          let worker = workers[current.workerID], worker.phase != .lost, worker.fits(stream),
          !worker.isDraining || worker.phase == .expected
        else { continue }
        let words = action.reason
        let makesRoom = words.contains("took its place")
        #expect(makesRoom || words.contains("suits it less"), "seed \(seed): \(words)")
        if makesRoom { #expect(stream.priority < 90, "seed \(seed)") }
      }
    }
  }

  @Test("a stream whose deletion was requested is never touched")
  func deletedStreamsAreLeftAlone() throws {
    try forEachCluster(hasAges: true) { snapshot, seed in
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
      let after = snapshot.performing(plan)
      let loads = Loads(after)
      let stuck = Dictionary(uniqueKeysWithValues: plan.stuck.map { ($0.streamID, $0) })
      for worker in snapshot.workers where worker.isDraining && worker.phase == .ready {
        for stream in loads.streams(on: worker) where !stream.isDeletionRequested {
          let takers = snapshot.workers.filter {
            $0.isOpen && $0.fits(stream) && loads.areWithinLimits(of: $0, with: stream)
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
    var snapshot = ClusterSnapshot(
      streams: try (1...120).map { try stream(Int64($0), on: 1) },
      workers: [try worker(1, capacity: 200, isDraining: true), try worker(2, capacity: 200)])
    var moves: [Int] = []
    repeat {
      let plan = Planner.plan(snapshot)
      #expect(plan.stuck == [])
      moves.append(plan.actions.count)
      snapshot = snapshot.performing(plan)
    } while moves.last != 0 && moves.count < 10
    #expect(moves == [Planner.movesPerPass, Planner.movesPerPass, 20, 0])
  }

  @Test("moves for balance come to an end, and leave nothing that would pay")
  func balanceEnds() throws {
    try forEachCluster(hasAges: true) { snapshot, seed in
      var snapshot = snapshot
      var plans = 0
      var plan = Planner.plan(snapshot)
      while !plan.actions.isEmpty, plans < 60 {
        // Age does not hold anything back here.
        snapshot = snapshot.performing(plan, age: .seconds(900))
        plan = Planner.plan(snapshot)
        plans += 1
      }
      #expect(plan.actions.isEmpty, "seed \(seed)")
    }
  }

  @Test("an explanation calls exactly those workers feasible that the plan may choose or keep")
  func explanationsAgreeWithPlans() throws {
    try forEachCluster { snapshot, seed in
      let loads = Loads(snapshot)
      let changed = Set(Planner.plan(snapshot, maxMoves: .max).actions.map(\.streamID))
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
            : worker.isOpen && loads.areWithinLimits(of: worker, with: stream)
          #expect(
            byID[worker.id]?.isFeasible == (stream.isWanted && mayRun && worker.fits(stream)),
            "seed \(seed), stream \(stream.name), worker \(worker.name)")
        }
        if changed.contains(stream.id) { #expect(explanation.reason != nil, "seed \(seed)") }
      }
    }
  }

  @Test("what would happen to a worker's streams is said of each of them")
  func lossesNameEveryStream() throws {
    try forEachCluster { snapshot, seed in
      for worker in snapshot.workers {
        let found = Planner.explainLoss(of: worker.id, in: snapshot)
        let explanation = try #require(found, "seed \(seed)")
        let own = snapshot.streams.filter { $0.isWanted && $0.current?.workerID == worker.id }
        #expect(Set(explanation.streams.map(\.streamID)) == Set(own.map(\.id)), "seed \(seed)")
        for fate in explanation.streams + explanation.others {
          #expect(fate.target != worker.name && !fate.reason.isEmpty, "seed \(seed)")
        }
      }
    }
  }

  @Test("the plan does not depend on the order of streams and workers")
  func orderDoesNotMatter() throws {
    try forEachCluster(hasAges: true) { snapshot, seed in
      var generator = SeededGenerator(seed: seed ^ 0xFF)
      let shuffled = ClusterSnapshot(
        streams: snapshot.streams.shuffled(using: &generator),
        workers: snapshot.workers.shuffled(using: &generator), policies: snapshot.policies)
      #expect(Planner.plan(shuffled) == Planner.plan(snapshot), "seed \(seed)")
    }
  }

  @Test("planning again after the plan was performed changes nothing")
  func plansAreIdempotent() throws {
    try forEachCluster { snapshot, seed in
      let plan = Planner.plan(snapshot)
      let again = Planner.plan(snapshot.performing(plan))
      #expect(again.actions.isEmpty, "seed \(seed)")
      #expect(again.unplaced.map(\.streamID) == plan.unplaced.map(\.streamID), "seed \(seed)")
    }
  }

  @Test("equal empty workers end up at most one stream apart")
  func spreadIsEven() throws {
    let snapshot = ClusterSnapshot(
      streams: try (1...100).map { try stream(Int64($0)) },
      workers: try (1...7).map { try worker(Int64($0), capacity: 40) })
    let loads = Loads(snapshot.performing(Planner.plan(snapshot)))
    #expect(snapshot.workers.allSatisfy { (14...15).contains(loads.streams(on: $0).count) })
  }

  @Test(
    "a few streams that could go to very many kinds of workers look at a sample, and are placed")
  func samples() throws {
    let workers = try (1...2_000).map { index in
      try worker(Int64(index), capacity: index.isMultiple(of: 400) ? 4 : 0, rack: index)
    }
    // Every rack is asked for by somebody, so that no two workers are alike.
    let racks = try (1...2_000).map { try stream(Int64($0 + 100), needs: "rack=r\($0)") }
    let wanderers = try (1...6).map { try stream(Int64($0), needs: "rack") }
    let plan = Planner.plan(ClusterSnapshot(streams: racks + wanderers, workers: workers))
    #expect(plan.actions.count == 11)
    let roomy = try (1...2_000).map { try worker(Int64($0), capacity: 4, rack: $0) }
    let few = Planner.plan(ClusterSnapshot(streams: wanderers, workers: roomy))
    let asked = racks.map { $0.on(CurrentPlacement(workerID: $0.id - 100, generation: 1)) }
    let sampled = Planner.plan(ClusterSnapshot(streams: asked + wanderers, workers: roomy))
    #expect(few.actions.count == 6 && sampled.actions.count == 6)
    #expect(sampled.evaluations < 200)
  }

  // MARK: - Clusters

  private func forEachCluster(
    hasAges: Bool = false, _ check: (ClusterSnapshot, UInt64) throws -> Void
  ) throws {
    let base = UInt64.random(in: 0...UInt64.max)
    print("planner properties: base seed \(base)")
    for round in 0..<Self.rounds {
      let seed = base &+ UInt64(round)
      try check(try RandomCluster.snapshot(seed: seed, hasAges: hasAges), seed)
    }
  }

  /// Whether a stream waits for its worker, lost or frozen, by a rule.
  private func mayWait(_ stream: SchedulableStream, in snapshot: ClusterSnapshot) -> Bool {
    let worker = snapshot.workers.first { $0.id == stream.current?.workerID }
    guard let worker, worker.phase == .lost, worker.fits(stream) else { return false }
    switch stream.onPartition {
    case .keep where !worker.isDraining: return true
    case .stop where !worker.isLeaseOver: return true
    case .keep, .stop, .replace: break
    }
    let site = snapshot.workers.filter { $0.site == worker.site }
    let fresh = site.filter { $0.lostFor.map { $0 < .seconds(60) } ?? false }
    let present = site.count { $0.phase != .lost }
    return fresh.contains(worker) && fresh.count >= 3 && fresh.count > present
  }

  private func worker(
    _ id: Int64, capacity: Int, isDraining: Bool = false, rack: Int? = nil
  ) throws -> SchedulableWorker {
    SchedulableWorker(
      id: id, name: try ObjectName("w\(id)"),
      labels: try Labels(rack.map { ["rack": "r\($0)"] } ?? [:]),
      capacity: capacity, phase: .ready, isCordoned: false, isDraining: isDraining)
  }

  private func stream(
    _ id: Int64, needs selector: String = "", on worker: Int64? = nil
  ) throws -> SchedulableStream {
    SchedulableStream(
      id: id, name: try ObjectName("s\(id)"), isEnabled: true,
      require: try LabelSelector(parsing: selector),
      current: worker.map { CurrentPlacement(workerID: $0, generation: 1) })
  }
}
