import AspenModel
import AspenScheduler
import AspenStore
import Logging

/// What the leader alone does at a pass: decides where streams run, and what of that which is being deleted
/// can go, and writes it. Each write is refused unless this controller still leads.
struct LeaderPass: Sendable {
  let store: Store
  let registry: WorkerRegistry
  let liveness: ClusterLiveness
  let view: ClusterView
  let log: Logger

  /// A state and the plan that was made from it.
  struct Outcome: Sendable {
    /// The state after what was written.
    let state: SchedulingSnapshot
    let plan: Plan
  }

  /// Acts upon a state. Throws `.notLeader` when another controller leads, `.stale` when another writer was
  /// first; the next pass begins anew.
  func run(on state: SchedulingSnapshot, as claim: LeadershipClaim) async throws -> Outcome {
    var state = state
    let retirement = Retirement(of: state, registry, liveness)
    if !retirement.isEmpty {
      report(try await retirement.commit(to: store, as: claim))
      state = try await AssignmentQueries.schedulingSnapshot(store)
    }
    let plan = Planner.plan(ClusterSnapshot(state, view.sight(liveness.lives(of: state))))
    if !plan.actions.isEmpty {
      try await AssignmentQueries.carryOut(
        store, plan.actions.map { PlannedChange($0) }, as: claim)
      report(plan, in: state)
      state = try await AssignmentQueries.schedulingSnapshot(store)
    }
    return Outcome(state: state, plan: plan)
  }

  private func report(_ removed: Retirement.Removed) {
    for name in removed.streams { log.info("stream deleted", metadata: ["stream": "\(name)"]) }
    for name in removed.cameras { log.info("camera deleted", metadata: ["camera": "\(name)"]) }
  }

  private enum Limits {
    /// The most streams of a plan that the log names one by one; the feed has them all.
    static let reported = 1_000
  }

  private func report(_ plan: Plan, in state: SchedulingSnapshot) {
    if plan.actions.count > Limits.reported {
      log.info("many streams placed", metadata: ["count": "\(plan.actions.count)"])
      return
    }
    let names = Dictionary(
      state.streams.map { ($0.stream.metadata.id, $0.stream.metadata.name.text) },
      uniquingKeysWith: { $1 })
    for action in plan.actions {
      switch action {
      case .place(let streamID, let workerID, _, let reason, _):
        log.info(
          "stream placed",
          metadata: [
            "stream": "\(names[streamID] ?? "?")", "worker_id": "\(workerID)", "why": "\(reason)",
          ])
      case .endHandover(let streamID, _, let reason):
        log.info(
          "stream handed over",
          metadata: ["stream": "\(names[streamID] ?? "?")", "why": "\(reason)"])
      case .unassign(let streamID, _, let reason):
        log.info(
          "stream unassigned",
          metadata: ["stream": "\(names[streamID] ?? "?")", "why": "\(reason)"])
      }
    }
  }
}

extension PlannedChange {
  /// What the store does for a step of the scheduler's plan.
  init(_ action: PlacementAction) {
    switch action {
    case .place(let streamID, let workerID, let expected, let reason, let handsOver):
      self = .place(
        streamID: streamID, workerID: workerID, expectedGeneration: expected, reason: reason,
        handsOver: handsOver)
    case .endHandover(let streamID, let expected, _):
      self = .endHandover(streamID: streamID, expectedGeneration: expected)
    case .unassign(let streamID, let expected, _):
      self = .unassign(streamID: streamID, expectedGeneration: expected)
    }
  }
}

extension ClusterLiveness {
  /// The phases of all workers of a state.
  func phases(of state: SchedulingSnapshot) -> [Int64: WorkerPhase] {
    phases(of: state.workers.map(\.metadata.id))
  }

  /// What is known of the lives of all workers of a state.
  func lives(of state: SchedulingSnapshot) -> [Int64: WorkerRegistry.Life] {
    lives(of: state.workers.map(\.metadata.id))
  }
}

extension Retirement {
  /// Decides by what the workers that are connected here have said. One that only another controller hears
  /// is waited for.
  init(of state: SchedulingSnapshot, _ registry: WorkerRegistry, _ liveness: ClusterLiveness) {
    let phases = liveness.phases(of: state)
    self.init(
      of: state,
      Workers(
        phase: { phases[$0] }, mayRun: { registry.mayRun($0) },
        hasReleased: { registry.hasReleased($0, workerID: $1) }))
  }
}
