import AspenHub
import AspenModel
import AspenScheduler
import AspenStore
import AspenWire
import Logging

/// What every controller does at a pass, whether it leads or not: makes the committed state its view, tells
/// the hub whose frames to take and the workers what to run. Writes nothing.
struct FollowerPass: Sendable {
  let store: Store
  let registry: WorkerRegistry
  let liveness: ClusterLiveness
  let hub: FrameHub
  let view: ClusterView
  let demand: DemandRouter
  /// Opens the passwords that workers need.
  let sealer: SecretSealer?
  let log: Logger

  /// Takes over a state. The plan, which may be one that was not carried out, tells why streams are nowhere.
  func run(on state: SchedulingSnapshot, _ plan: Plan) async throws {
    publish(state, plan)
    dismissDeleted(state)
    try await tellWorkers()
  }

  private func streamsToDelete(in state: SchedulingSnapshot) -> [Int64] {
    state.streams.filter(\.isDeletionRequested).map(\.stream.metadata.id)
  }

  /// A worker that was deleted through another controller is not served any more.
  private func dismissDeleted(_ state: SchedulingSnapshot) {
    let known = Set(state.workers.map(\.metadata.id))
    for session in registry.sessions where !known.contains(session.workerID) {
      // One that joined after the state was read is looked for again by the next pass.
      if session.isSettled { registry.remove(workerID: session.workerID) }
    }
  }

  /// The hub learns of new generations before the workers do, so that no frame of theirs is refused. Of
  /// what is being deleted it takes no more frames.
  private func publish(_ state: SchedulingSnapshot, _ plan: Plan) {
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
        cluster: ClusterSnapshot(state, view.sight(liveness.lives(of: state)))))
    hub.setStreams(
      state.streams.map { row in
        let metadata = row.stream.metadata
        let assignment = row.isDeletionRequested ? nil : assignments[metadata.id]
        return HubStream(
          id: metadata.id, name: metadata.name.text, labels: metadata.labels,
          cameraLabels: row.cameraLabels, owner: assignment.map { HubStream.Owner($0.owner) },
          previous: assignment?.previous.map { HubStream.Owner($0) })
      })
  }

  private func deleting(in state: SchedulingSnapshot) -> [Int64: String] {
    let waiting = Retirement(of: state, registry, liveness).waiting
    return Dictionary(
      streamsToDelete(in: state).map { ($0, waiting[$0] ?? "it has stopped") },
      uniquingKeysWith: { $1 })
  }

  /// Each connected worker gets its own part only, since it holds passwords. What is to be deleted is
  /// left out, so that it stops; its assignment stays until the worker has said so.
  private func tellWorkers() async throws {
    registry.tell(controllers: liveness.roster.addresses)
    for session in registry.sessions {
      let desired = try await AssignmentQueries.desired(store.pool, workerID: session.workerID)
      session.follow(reading(of: desired))
    }
    demand.distribute()
  }

  private func reading(of desired: DesiredAssignments) -> DesiredReading {
    DesiredReading(
      version: DesiredVersion(epoch: desired.epoch, revision: desired.revision),
      streams: desired.streams.filter { !$0.isDeletionRequested }.map { stream in
        DesiredStream(
          streamID: stream.streamID, name: stream.streamName.text, generation: stream.generation,
          cameraSpec: stream.cameraSpec, password: password(of: stream),
          maxFramesPerSecond: stream.spec.maxFramesPerSecond, maxWidth: stream.spec.maxWidth,
          specGeneration: stream.specGeneration, cameraGeneration: stream.cameraGeneration,
          onPartition: stream.spec.onPartition)
      },
      leaving: Set(desired.streams.filter(\.isDeletionRequested).map(\.streamID)))
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
}

extension HubStream.Owner {
  fileprivate init(_ owner: Assignment.Owner) {
    self.init(workerID: owner.workerID, generation: owner.generation)
  }
}
