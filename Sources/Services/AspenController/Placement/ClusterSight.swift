import AspenModel
import AspenScheduler
import AspenStore

/// What the planner has to know of the cluster besides the store's state: what is only seen, and kept in
/// memory.
struct ClusterSight: Sendable {
  /// One that is not there is lost.
  var phases: [Int64: WorkerPhase]
  /// For how long workers are lost.
  var lostFor: [Int64: Duration] = [:]
  /// Lost workers that have certainly stopped what they may run only with a lease.
  var overLeases: Set<Int64> = []
  /// Workers that come and go, and get no new streams for a while.
  var heldOff: Set<Int64> = []
  /// What workers said last of their streams.
  var statuses: [Int64: StreamStatus] = [:]
  /// By which the age of assignments counts; nil: it is not known.
  var now: Timestamp?
}

extension ClusterSight {
  /// The sight of workers whose lives are known.
  init(_ lives: [Int64: WorkerRegistry.Life], statuses: [Int64: StreamStatus], now: Timestamp) {
    self.init(
      phases: lives.mapValues(\.phase), lostFor: lives.compactMapValues(\.lostFor),
      overLeases: Set(lives.filter(\.value.isLeaseOver).keys),
      heldOff: Set(lives.filter { $0.value.heldOff != nil }.keys), statuses: statuses, now: now)
  }
}

extension ClusterSight {
  /// Whether the stream's worker says that pictures come, of this assignment and no earlier one.
  fileprivate func isStreaming(_ streamID: Int64, _ assignment: Assignment?) -> Bool {
    guard let status = statuses[streamID], let assignment else { return false }
    return status.generation == assignment.generation && status.phase == .streaming
  }
}

extension ClusterSnapshot {
  /// What the planner sees of the store's state, workers being as alive as given.
  init(_ state: SchedulingSnapshot, phases: [Int64: WorkerPhase]) {
    self.init(state, ClusterSight(phases: phases))
  }

  /// What the planner sees of the store's state and of what is only seen.
  init(_ state: SchedulingSnapshot, _ sight: ClusterSight) {
    let assignments = Dictionary(
      state.assignments.map { ($0.streamID, $0) }, uniquingKeysWith: { $1 })
    self.init(
      streams: state.streams.map { row in
        let id = row.stream.metadata.id
        return AspenScheduler.SchedulableStream(row, assignments[id], sight)
      },
      workers: state.workers.map { SchedulableWorker($0, sight) }, policies: state.policies)
  }
}

extension AspenScheduler.SchedulableStream {
  fileprivate init(
    _ row: AspenStore.SchedulableStream, _ assignment: Assignment?, _ sight: ClusterSight
  ) {
    let (metadata, spec) = (row.stream.metadata, row.stream.spec)
    self.init(
      id: metadata.id, name: metadata.name, isEnabled: spec.isEnabled, require: spec.require,
      site: row.cameraSpec.site, wishes: Wishes(prefer: spec.prefer, avoid: spec.avoid),
      priority: spec.priority, onPartition: spec.onPartition, cameraID: row.stream.cameraID,
      cost: StreamShape(spec, sight.statuses[metadata.id]).cost,
      current: assignment.map { assignment in
        CurrentPlacement(
          workerID: assignment.workerID, generation: assignment.generation,
          age: sight.now.map {
            .microseconds($0.microseconds - assignment.assignedAt.microseconds)
          },
          previousWorkerID: assignment.previous?.workerID)
      },
      isStreaming: sight.isStreaming(metadata.id, assignment),
      isExclusive: row.cameraSpec.isSingleSession,
      isDeletionRequested: row.isDeletionRequested)
  }
}

extension StreamShape {
  /// What is known of a stream. Its worker's last word counts also where that was of an older
  /// assignment: the camera is the same.
  fileprivate init(_ spec: StreamSpec, _ status: StreamStatus?) {
    self.init()
    codec = status?.codec
    width = status?.width
    height = status?.height
    framesPerSecond = status?.sourceFramesPerSecond
    maxWidth = spec.maxWidth
    maxFramesPerSecond = spec.maxFramesPerSecond
  }
}

extension SchedulableWorker {
  fileprivate init(_ worker: Worker, _ sight: ClusterSight) {
    let id = worker.metadata.id
    self.init(
      id: id, name: worker.metadata.name, labels: worker.metadata.labels, site: worker.site,
      capacity: worker.capacityStreams, cpuMillicores: worker.cpuMillicores,
      memoryMiB: worker.memoryMiB, phase: sight.phases[id] ?? .lost,
      isCordoned: worker.isCordoned, isDraining: worker.isDraining,
      isHeldOff: sight.heldOff.contains(id), lostFor: sight.lostFor[id],
      isLeaseOver: sight.overLeases.contains(id))
  }
}
