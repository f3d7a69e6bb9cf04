import AspenHub
import AspenModel
import AspenScheduler
import AspenStore
import AspenWire
import Logging

/// Makes the assignments what the scheduler says they should be, and tells hub and workers.
///
/// Law of reconcilers: activated by a signal and by a period, takes no input, idempotent, no retries of
/// its own, publishes what it found (`ClusterView`).
struct PlacementReconciler: Sendable {
  let store: Store
  let registry: WorkerRegistry
  let hub: FrameHub
  let view: ClusterView
  let demand: DemandRouter
  let log: Logger

  /// One pass. Throws when the database is away or another writer was first; the next pass begins anew.
  func reconcile() async throws {
    try await saveWorkers()
    var state = try await AssignmentQueries.schedulingSnapshot(store)
    let plan = Planner.plan(snapshot(of: state))
    if !plan.actions.isEmpty {
      let changes = changes(of: plan)
      _ = try await store.write { transaction in
        try await AssignmentQueries.commit(transaction, changes)
      }
      report(plan, in: state)
      state = try await AssignmentQueries.schedulingSnapshot(store)
    }
    publish(state, plan)
    try await tellWorkers()
  }

  private func snapshot(of state: SchedulingSnapshot) -> ClusterSnapshot {
    let phases = registry.phases(of: state.workers.map(\.metadata.id))
    let assignments = Dictionary(
      state.assignments.map { ($0.streamID, $0) }, uniquingKeysWith: { $1 })
    return ClusterSnapshot(
      streams: state.streams.map { row in
        AspenScheduler.SchedulableStream(
          id: row.stream.metadata.id, name: row.stream.metadata.name,
          isEnabled: row.stream.spec.isEnabled, require: row.stream.spec.require,
          current: assignments[row.stream.metadata.id].map {
            CurrentPlacement(workerID: $0.workerID, generation: $0.generation)
          })
      },
      workers: state.workers.map { worker in
        SchedulableWorker(
          id: worker.metadata.id, name: worker.metadata.name, labels: worker.metadata.labels,
          capacity: worker.capacityStreams, phase: phases[worker.metadata.id] ?? .lost,
          isCordoned: worker.isCordoned)
      })
  }

  private func changes(of plan: Plan) -> [PlannedChange] {
    plan.actions.map { action in
      switch action {
      case .place(let streamID, let workerID, let expected, let reason):
        .place(
          streamID: streamID, workerID: workerID, expectedGeneration: expected, reason: reason)
      case .unassign(let streamID, let expected, _):
        .unassign(streamID: streamID, expectedGeneration: expected)
      }
    }
  }

  /// The hub learns of new generations before the workers do, so that no frame of theirs is refused.
  private func publish(_ state: SchedulingSnapshot, _ plan: Plan) {
    let assignments = Dictionary(
      state.assignments.map { ($0.streamID, $0) }, uniquingKeysWith: { $1 })
    view.publish(
      ClusterView.Snapshot(
        streams: Dictionary(
          state.streams.map { ($0.stream.metadata.id, $0.stream) }, uniquingKeysWith: { $1 }),
        assignments: assignments, workerIDs: state.workers.map(\.metadata.id),
        unplaced: Dictionary(
          plan.unplaced.map { ($0.streamID, $0.reason) }, uniquingKeysWith: { $1 })))
    hub.setStreams(
      state.streams.map { row in
        let metadata = row.stream.metadata
        return HubStream(
          id: metadata.id, name: metadata.name.text, labels: metadata.labels,
          generation: assignments[metadata.id]?.generation,
          workerID: assignments[metadata.id]?.workerID)
      })
  }

  /// Each connected worker gets its own part only, since it holds passwords.
  private func tellWorkers() async throws {
    for session in registry.sessions {
      let desired = try await AssignmentQueries.desired(store.pool, workerID: session.workerID)
      session.follow(
        desired.streams.map { stream in
          DesiredStream(
            streamID: stream.streamID, name: stream.streamName.text, generation: stream.generation,
            cameraSpec: stream.cameraSpec, password: stream.password,
            maxFramesPerSecond: stream.spec.maxFramesPerSecond, maxWidth: stream.spec.maxWidth)
        })
    }
    demand.distribute()
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

  private func report(_ plan: Plan, in state: SchedulingSnapshot) {
    let names = Dictionary(
      state.streams.map { ($0.stream.metadata.id, $0.stream.metadata.name.text) },
      uniquingKeysWith: { $1 })
    for action in plan.actions {
      switch action {
      case .place(let streamID, let workerID, _, let reason):
        log.info(
          "stream placed",
          metadata: [
            "stream": "\(names[streamID] ?? "?")", "worker_id": "\(workerID)", "why": "\(reason)",
          ])
      case .unassign(let streamID, _, let reason):
        log.info(
          "stream unassigned",
          metadata: ["stream": "\(names[streamID] ?? "?")", "why": "\(reason)"])
      }
    }
  }
}
