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
  /// Opens the passwords that workers need.
  let sealer: SecretSealer?
  let log: Logger

  /// One pass. Throws when the database is away or another writer was first; the next pass begins anew.
  func reconcile() async throws {
    try await saveWorkers()
    var state = try await AssignmentQueries.schedulingSnapshot(store)
    let retirement = retirement(of: state)
    if !retirement.isEmpty {
      report(try await retirement.commit(to: store))
      state = try await AssignmentQueries.schedulingSnapshot(store)
    }
    let plan = Planner.plan(ClusterSnapshot(state, phases: phases(of: state)))
    if !plan.actions.isEmpty {
      let changes = changes(of: plan)
      _ = try await store.write { transaction in
        try await AssignmentQueries.commit(transaction, changes)
      }
      report(plan, in: state)
      state = try await AssignmentQueries.schedulingSnapshot(store)
    }
    publish(state, plan)
    try await tellWorkers(besides: Set(streamsToDelete(in: state)))
  }

  /// What a pass would do with a state of the store, which may be that of a transaction. Changes nothing.
  func preview(of state: SchedulingSnapshot) -> PlanPreview {
    PlanPreview(of: state, phases: phases(of: state))
  }

  private func phases(of state: SchedulingSnapshot) -> [Int64: WorkerPhase] {
    registry.phases(of: state.workers.map(\.metadata.id))
  }

  private func retirement(of state: SchedulingSnapshot) -> Retirement {
    let phases = phases(of: state)
    return Retirement(
      of: state,
      Retirement.Workers(
        phase: { phases[$0] }, mayRun: { registry.mayRun($0) },
        hasReleased: { registry.hasReleased($0, workerID: $1) }))
  }

  private func streamsToDelete(in state: SchedulingSnapshot) -> [Int64] {
    state.streams.filter(\.isDeletionRequested).map(\.stream.metadata.id)
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

  /// The hub learns of new generations before the workers do, so that no frame of theirs is refused. Of
  /// what is being deleted it takes no more frames.
  private func publish(_ state: SchedulingSnapshot, _ plan: Plan) {
    let phases = phases(of: state)
    let assignments = Dictionary(
      state.assignments.map { ($0.streamID, $0) }, uniquingKeysWith: { $1 })
    view.publish(
      ClusterView.Snapshot(
        streams: Dictionary(
          state.streams.map { ($0.stream.metadata.id, $0.stream) }, uniquingKeysWith: { $1 }),
        streamIDs: Dictionary(
          state.streams.map { ($0.stream.metadata.name, $0.stream.metadata.id) },
          uniquingKeysWith: { $1 }),
        cameraLabels: Dictionary(
          state.streams.map { ($0.stream.metadata.id, $0.cameraLabels) },
          uniquingKeysWith: { $1 }),
        assignments: assignments, workerIDs: state.workers.map(\.metadata.id),
        unplaced: Dictionary(
          plan.unplaced.map { ($0.streamID, $0.reason) }, uniquingKeysWith: { $1 }),
        stuck: Dictionary(plan.stuck.map { ($0.streamID, $0.reason) }, uniquingKeysWith: { $1 }),
        deleting: deleting(in: state),
        cameraGenerations: Dictionary(
          state.streams.map { ($0.stream.cameraID, $0.cameraGeneration) },
          uniquingKeysWith: { $1 }),
        workerGenerations: Dictionary(
          state.workers.map { ($0.metadata.id, $0.metadata.generation) },
          uniquingKeysWith: { $1 }),
        cluster: ClusterSnapshot(state, phases: phases)))
    hub.setStreams(
      state.streams.map { row in
        let metadata = row.stream.metadata
        let assignment = row.isDeletionRequested ? nil : assignments[metadata.id]
        return HubStream(
          id: metadata.id, name: metadata.name.text, labels: metadata.labels,
          cameraLabels: row.cameraLabels, generation: assignment?.generation,
          workerID: assignment?.workerID)
      })
  }

  private func deleting(in state: SchedulingSnapshot) -> [Int64: String] {
    let waiting = retirement(of: state).waiting
    return Dictionary(
      streamsToDelete(in: state).map { ($0, waiting[$0] ?? "it has stopped") },
      uniquingKeysWith: { $1 })
  }

  /// Each connected worker gets its own part only, since it holds passwords. What is to be deleted is
  /// left out, so that it stops; its assignment stays until the worker has said so.
  private func tellWorkers(besides deleted: Set<Int64>) async throws {
    for session in registry.sessions {
      let desired = try await AssignmentQueries.desired(store.pool, workerID: session.workerID)
      session.follow(
        desired.streams.filter { !deleted.contains($0.streamID) }.map { stream in
          DesiredStream(
            streamID: stream.streamID, name: stream.streamName.text, generation: stream.generation,
            cameraSpec: stream.cameraSpec, password: password(of: stream),
            maxFramesPerSecond: stream.spec.maxFramesPerSecond, maxWidth: stream.spec.maxWidth,
            specGeneration: stream.specGeneration, cameraGeneration: stream.cameraGeneration)
        })
    }
    demand.distribute()
  }

  /// The password of a stream's camera. One that cannot be opened is left out: the camera then says
  /// `unauthorized`, and the log why.
  private func password(of stream: DesiredAssignment) -> Secret? {
    guard let sealed = stream.sealedPassword else { return stream.legacyPassword }
    do {
      let context = CameraRules.context(stream.cameraID)
      guard let sealer else {
        throw SecretSealerError.unknownKey(id: sealed.keyID, context: context)
      }
      return try sealer.open(sealed, context: context)
    } catch {
      log.error(
        "a camera's password cannot be opened",
        metadata: ["stream": "\(stream.streamName)", "error": "\(error)"])
      return nil
    }
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

  private func report(_ removed: Retirement.Removed) {
    for name in removed.streams { log.info("stream deleted", metadata: ["stream": "\(name)"]) }
    for name in removed.cameras { log.info("camera deleted", metadata: ["camera": "\(name)"]) }
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
