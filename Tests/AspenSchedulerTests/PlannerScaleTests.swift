import AspenModel
import AspenScheduler
import AspenTestSupport
import Foundation
import Testing

/// How much a plan looks at, against a planner that looks at everything; and, with
/// `ASPEN_PLANNER_SCALE=1` in a release build, what plans of a million streams cost:
///
/// ```
/// ASPEN_PLANNER_SCALE=1 swift test -c release --filter PlannerScaleTests
/// ```
@Suite("Planner at scale", .serialized)
struct PlannerScaleTests {
  private static let isLarge = ProcessInfo.processInfo.environment["ASPEN_PLANNER_SCALE"] == "1"

  @Test(
    "a plan looks at few workers and packs as well as one that looks at all",
    arguments: PlacementPolicy.allCases)
  func looks(_ policy: PlacementPolicy) throws {
    let size = Self.isLarge ? (streams: 100_000, workers: 10_000) : (streams: 2_000, workers: 200)
    let snapshot = try MixedCluster(streams: size.streams, workers: size.workers).snapshot
    var rules = PlannerRules()
    rules.policy = policy
    let plan = Planner.plan(snapshot, rules: rules)
    let peer = ExhaustivePlacement(of: snapshot, policy)
    let (ours, theirs) = (Packing(plan, snapshot), Packing(peer, snapshot))
    let ratio = peer.evaluations / max(plan.evaluations, 1)
    print(
      """
      planner, \(policy.rawValue), \(size.streams) streams on \(size.workers) workers: \
      \(plan.evaluations) looks at a worker, exhaustive \(peer.evaluations), ratio \(ratio); \
      placed \(ours.placed) against \(theirs.placed), workers used \(ours.used) against \
      \(theirs.used), unevenness \(ours.unevenness) against \(theirs.unevenness)
      """)
    #expect(Double(ours.placed) >= Double(theirs.placed) * 0.99)
    #expect(ratio >= (Self.isLarge ? 1_000 : 50))
    switch policy {
    case .spread: #expect(ours.unevenness <= theirs.unevenness * 1.01 + 0.01)
    case .pack: #expect(Double(ours.used) <= Double(theirs.used) * 1.01 + 1)
    }
  }

  @Test("a plan costs what changes, not what there is")
  func change() throws {
    let workers = Self.isLarge ? 10_000 : 100
    let cluster = try MixedCluster(streams: workers * 100, workers: workers)
    let settled = cluster.snapshot.performing(Planner.plan(cluster.snapshot))
    let idle = Planner.plan(settled)
    #expect(idle.actions.isEmpty && idle.evaluations == 0)
    let lost = settled.losing(workerID: settled.workers[workers / 2].id)
    let plan = Planner.plan(lost)
    print(
      "planner, one of \(workers) workers lost: \(plan.actions.count) actions, "
        + "\(plan.evaluations) looks at a worker")
    #expect(plan.actions.count > 10)
    #expect(plan.evaluations < plan.actions.count * 10 + workers * 2)
  }

  @Test("a million streams on ten thousand workers", .enabled(if: isLarge))
  func million() throws {
    let alike = try MixedCluster(streams: 1_000_000, workers: 10_000, isMixed: false)
    let mixed = try MixedCluster(streams: 1_000_000, workers: 10_000)
    for (name, snapshot) in [("alike", alike.snapshot), ("mixed", mixed.snapshot)] {
      for policy in PlacementPolicy.allCases {
        var rules = PlannerRules()
        rules.policy = policy
        let start = Self.cpuSeconds()
        let plan = Planner.plan(snapshot, rules: rules)
        let seconds = Self.cpuSeconds() - start
        print(
          "planner, \(name), \(policy.rawValue): \(plan.actions.count) placed, "
            + "\(plan.unplaced.count) not, in \(seconds) CPU seconds, "
            + "\(plan.evaluations) looks at a worker")
        if policy == .pack { continue }
        let settled = snapshot.performing(plan)
        let again = Self.cpuSeconds()
        let second = Planner.plan(settled)
        print("planner, \(name), nothing to do: \(Self.cpuSeconds() - again) CPU seconds")
        #expect(second.actions.isEmpty)
      }
    }
  }

  private static func cpuSeconds() -> Double {
    Double(clock()) / Double(CLOCKS_PER_SEC)
  }
}

/// How well streams are packed.
private struct Packing {
  var placed = 0
  /// Workers with streams.
  var used = 0
  /// The mean square of the workers' fill, of which an even distribution has the least.
  var unevenness = 0.0

  init(_ plan: Plan, _ snapshot: ClusterSnapshot) {
    let costs = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0.cost) })
    let index = Dictionary(
      uniqueKeysWithValues: snapshot.workers.enumerated().map { ($0.element.id, $0.offset) })
    var loads = [ResourceCost](repeating: .zero, count: snapshot.workers.count)
    for case .place(let stream, let worker, _, _, _) in plan.actions {
      guard let cost = costs[stream], let slot = index[worker] else { continue }
      loads[slot] += cost.own + cost.camera
    }
    self.init(loads, snapshot)
  }

  init(_ placement: ExhaustivePlacement, _ snapshot: ClusterSnapshot) {
    self.init(placement.loads, snapshot)
  }

  private init(_ loads: [ResourceCost], _ snapshot: ClusterSnapshot) {
    for (load, worker) in zip(loads, snapshot.workers) {
      placed += load.streams
      used += load.streams > 0 ? 1 : 0
      let fill = Double(ExhaustivePlacement.fill(load, of: worker)) / 1_000_000
      unevenness += fill * fill / Double(loads.count)
    }
  }
}
