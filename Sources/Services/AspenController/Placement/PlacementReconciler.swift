import AspenModel
import AspenScheduler
import AspenStore
import AspenWire
import Logging

/// Makes the assignments what the scheduler says they should be, and tells hub and workers.
///
/// ```
/// save what workers said ─▶ read the state ─▶ LeaderPass, if this controller leads ─▶ FollowerPass
/// ```
///
/// Law of reconcilers: activated by a signal and by a period, takes no input, idempotent, no retries of
/// its own, publishes what it found (`ClusterView`).
struct PlacementReconciler: Sendable {
  let store: Store
  let registry: WorkerRegistry
  let liveness: ClusterLiveness
  let leadership: Leadership
  let leader: LeaderPass
  let follower: FollowerPass
  let log: Logger
  /// The newest revision of this controller's own epochs.
  private let progress = LeaderProgress()

  init(
    store: Store, registry: WorkerRegistry, liveness: ClusterLiveness, leadership: Leadership,
    leader: LeaderPass, follower: FollowerPass, log: Logger
  ) {
    self.store = store
    self.registry = registry
    self.liveness = liveness
    self.leadership = leadership
    self.leader = leader
    self.follower = follower
    self.log = log
  }

  /// One pass. Throws when the database is away or another writer was first; the next pass begins anew.
  func reconcile() async throws {
    try await saveWorkers()
    let state = try await AssignmentQueries.schedulingSnapshot(store)
    let outcome = try await decide(from: state)
    let plan =
      outcome?.plan
      ?? Planner.plan(ClusterSnapshot(state, follower.view.sight(liveness.lives(of: state))))
    try await follower.run(on: outcome?.state ?? state, plan)
  }

  /// What a pass would do with a state of the store, which may be that of a transaction. Changes nothing.
  func preview(of state: SchedulingSnapshot) -> PlanPreview {
    PlanPreview(of: state, follower.view.sight(liveness.lives(of: state)))
  }

  /// Nil when another controller decides.
  private func decide(from state: SchedulingSnapshot) async throws -> LeaderPass.Outcome? {
    guard let claim = leadership.claim else { return nil }
    if !progress.note(state.revision, of: claim) {
      leadership.resign(claim)
      return nil
    }
    do {
      let outcome = try await leader.run(on: state, as: claim)
      _ = progress.note(outcome.state.revision, of: claim)
      return outcome
    } catch StoreError.notLeader {
      leadership.refused(claim)
      return nil
    }
  }

  /// One statement for all workers that were heard of, not one for each heartbeat. Capacity and version
  /// are as the worker says; its labels belong to the operator once it has joined. What the leader hears
  /// too is the leader's to write.
  private func saveWorkers() async throws {
    let unsaved = registry.takeUnsaved()
    let others = leadership.claim == nil ? liveness.leadersWorkers : []
    do {
      try await WorkerQueries.touch(store.pool, ids: unsaved.heard.subtracting(others).sorted())
      for (workerID, hello) in unsaved.hellos.sorted(by: { $0.key < $1.key })
      where !others.contains(workerID) {
        try await save(hello, of: workerID)
      }
    } catch {
      registry.putBack(unsaved)
      throw error
    }
  }

  private func save(_ hello: WorkerMessage.Hello, of workerID: Int64) async throws {
    do {
      _ = try await store.write { transaction in
        try await WorkerQueries.hello(
          transaction, id: workerID, version: String(hello.version.prefix(64)),
          capacityStreams: min(max(hello.capacityStreams, 0), Worker.maxCapacityStreams))
      }
    } catch StoreError.notFound {
      log.info("a worker that said hello was deleted", metadata: ["worker_id": "\(workerID)"])
    }
  }
}
