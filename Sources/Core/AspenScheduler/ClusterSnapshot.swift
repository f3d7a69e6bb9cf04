package import AspenModel

/// All that the planner sees: every stream and every worker at one moment. Ids are unique.
package struct ClusterSnapshot: Sendable, Hashable {
  package let streams: [SchedulableStream]
  package let workers: [SchedulableWorker]

  /// A snapshot; the order of streams and workers does not matter.
  package init(streams: [SchedulableStream], workers: [SchedulableWorker]) {
    self.streams = streams
    self.workers = workers
  }

  /// A cluster of nothing.
  package static let empty = ClusterSnapshot(streams: [], workers: [])
}

/// A stream as the planner sees it.
package struct SchedulableStream: Sendable, Hashable {
  package let id: Int64
  package let name: ObjectName
  package let isEnabled: Bool
  /// What its worker must be.
  package let requirement: Requirement
  /// Where it is now; nil when no worker has it.
  package let current: CurrentPlacement?
  /// It is not placed any more, and stays where it is until its worker has let go of it.
  package let isDeletionRequested: Bool

  /// A stream of its parts. `site` is its camera's.
  package init(
    id: Int64, name: ObjectName, isEnabled: Bool, require: LabelSelector, site: ObjectName? = nil,
    current: CurrentPlacement?, isDeletionRequested: Bool = false
  ) {
    self.id = id
    self.name = name
    self.isEnabled = isEnabled
    requirement = Requirement(labels: require, site: site)
    self.current = current
    self.isDeletionRequested = isDeletionRequested
  }
}

/// The worker that has a stream, and the generation of that assignment.
package struct CurrentPlacement: Sendable, Hashable {
  package let workerID: Int64
  package let generation: Int64

  /// A placement at a generation.
  package init(workerID: Int64, generation: Int64) {
    self.workerID = workerID
    self.generation = generation
  }
}

/// A worker as the planner sees it.
package struct SchedulableWorker: Sendable, Hashable {
  package let id: Int64
  package let name: ObjectName
  package let labels: Labels
  package let site: ObjectName?
  /// How many streams it takes.
  package let capacity: Int
  package let phase: WorkerPhase
  /// A cordoned worker keeps its streams and gets no new ones.
  package let isCordoned: Bool
  /// A draining worker gets no new streams, and its own go to others.
  package let isDraining: Bool

  /// A worker of its parts.
  package init(
    id: Int64, name: ObjectName, labels: Labels, site: ObjectName? = nil, capacity: Int,
    phase: WorkerPhase, isCordoned: Bool, isDraining: Bool = false
  ) {
    self.id = id
    self.name = name
    self.labels = labels
    self.site = site
    self.capacity = capacity
    self.phase = phase
    self.isCordoned = isCordoned
    self.isDraining = isDraining
  }

  /// Whether it may get new streams at all, full or not.
  var takesNewStreams: Bool { phase == .ready && !isCordoned && !isDraining }
}
