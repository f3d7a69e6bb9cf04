package import AspenModel

/// A stream as the planner sees it.
package struct SchedulableStream: Sendable, Hashable {
  package let id: Int64
  package let name: ObjectName
  package let isEnabled: Bool
  /// What its worker must be.
  package let requirement: Requirement
  /// What its worker would better be.
  package let wishes: Wishes
  package let priority: Int
  package let onPartition: PartitionRule
  /// Streams of one camera share its decoder where they are on one worker; nil shares with none.
  package let cameraID: Int64?
  package let cost: StreamCost
  /// Where it is now; nil when no worker has it.
  package let current: CurrentPlacement?
  /// Whether its worker says, of this assignment, that pictures come.
  package let isStreaming: Bool
  /// Its camera serves one connection at a time, so that it can only move with a gap.
  package let isExclusive: Bool
  /// It is not placed any more, and stays where it is until its worker has let go of it.
  package let isDeletionRequested: Bool

  /// A stream of its parts. `site` is its camera's.
  package init(
    id: Int64, name: ObjectName, isEnabled: Bool, require: LabelSelector, site: ObjectName? = nil,
    wishes: Wishes = Wishes(), priority: Int = StreamSpec.defaultPriority,
    onPartition: PartitionRule = .replace, cameraID: Int64? = nil, cost: StreamCost = .oneStream,
    current: CurrentPlacement?, isStreaming: Bool = false, isExclusive: Bool = false,
    isDeletionRequested: Bool = false
  ) {
    self.id = id
    self.name = name
    self.isEnabled = isEnabled
    requirement = Requirement(labels: require, site: site)
    self.wishes = wishes
    self.priority = priority
    self.onPartition = onPartition
    self.cameraID = cameraID
    self.cost = cost
    self.current = current
    self.isStreaming = isStreaming
    self.isExclusive = isExclusive
    self.isDeletionRequested = isDeletionRequested
  }
}

/// Workers that a stream would rather be on, and those that it would rather not be on.
package struct Wishes: Sendable, Hashable {
  package let prefer: [PlacementWish]
  package let avoid: [PlacementWish]

  /// Wishes of their parts.
  package init(prefer: [PlacementWish] = [], avoid: [PlacementWish] = []) {
    self.prefer = prefer
    self.avoid = avoid
  }

  /// The weights of what is preferred less those of what is avoided.
  func points(of labels: Labels) -> Int {
    func sum(_ wishes: [PlacementWish]) -> Int {
      wishes.reduce(0) { $1.selector.matches(labels) ? $0 + $1.weight : $0 }
    }
    return sum(prefer) - sum(avoid)
  }
}

/// The worker that has a stream, and the generation of that assignment.
package struct CurrentPlacement: Sendable, Hashable {
  package let workerID: Int64
  package let generation: Int64
  /// For how long it has been there; nil when that is not known.
  package let age: Duration?
  /// While it is handed over: the worker that runs it on until this one has pictures.
  package let previousWorkerID: Int64?

  /// A placement at a generation.
  package init(
    workerID: Int64, generation: Int64, age: Duration? = nil, previousWorkerID: Int64? = nil
  ) {
    self.workerID = workerID
    self.generation = generation
    self.age = age
    self.previousWorkerID = previousWorkerID
  }
}
