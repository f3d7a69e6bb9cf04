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
  let leader: LeaderPass
  let follower: FollowerPass
  let log: Logger

  /// One pass. Throws when the database is away or another writer was first; the next pass begins anew.
  func reconcile() async throws {
    try await saveWorkers()
    let state = try await AssignmentQueries.schedulingSnapshot(store)
    let outcome = try await leader.run(on: state)
    try await follower.run(on: outcome.state, outcome.plan)
  }

  /// What a pass would do with a state of the store, which may be that of a transaction. Changes nothing.
  func preview(of state: SchedulingSnapshot) -> PlanPreview {
    PlanPreview(of: state, phases: registry.phases(of: state))
  }

  /// One statement for all workers that were heard of, not one for each heartbeat. Capacity and version
  /// are as the worker says; its labels belong to the operator once it has joined.
  private func saveWorkers() async throws {
    let unsaved = registry.takeUnsaved()
    do {
      try await WorkerQueries.touch(store.pool, ids: unsaved.heard.sorted())
      for (workerID, hello) in unsaved.hellos.sorted(by: { $0.key < $1.key }) {
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
