/// One `aspen-worker` process that has joined.
package struct Worker: Sendable, Hashable {
  package let metadata: ResourceMetadata
  /// How many streams it takes.
  package let capacityStreams: Int
  /// A cordoned worker keeps its streams and gets no new ones.
  package let isCordoned: Bool
  /// A draining worker's streams go elsewhere; it gets no new ones.
  package let isDraining: Bool
  /// The name of the site that it is at.
  package let site: ObjectName?
  /// How much CPU its streams may take together, in thousandths of a core; nil: no limit.
  package let cpuMillicores: Int?
  /// How much memory its streams may take together, in MiB; nil: no limit.
  package let memoryMiB: Int?
  /// The program's version as it said at its last hello.
  package let version: String
  package let lastSeenAt: Timestamp?

  /// A stored worker.
  package init(
    metadata: ResourceMetadata, capacityStreams: Int, isCordoned: Bool, isDraining: Bool = false,
    site: ObjectName? = nil, cpuMillicores: Int? = nil, memoryMiB: Int? = nil, version: String,
    lastSeenAt: Timestamp?
  ) {
    self.metadata = metadata
    self.capacityStreams = capacityStreams
    self.isCordoned = isCordoned
    self.isDraining = isDraining
    self.site = site
    self.cpuMillicores = cpuMillicores
    self.memoryMiB = memoryMiB
    self.version = version
    self.lastSeenAt = lastSeenAt
  }

  /// The most streams one worker may offer.
  package static let maxCapacityStreams = 10_000
}

/// Whether a worker is heard of.
package enum WorkerPhase: String, Sendable, Hashable, CaseIterable {
  /// The controller has started and gives the worker time to come back.
  case expected
  /// Connected, with a live lease.
  case ready
  /// Its lease has ended or its connection closed.
  case lost
}
