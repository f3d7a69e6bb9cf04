package import AspenModel

/// A worker as the planner sees it.
package struct SchedulableWorker: Sendable, Hashable {
  package let id: Int64
  package let name: ObjectName
  package let labels: Labels
  package let site: ObjectName?
  /// How many streams it takes.
  package let capacity: Int
  /// How much CPU its streams may take together, in thousandths of a core; nil: no limit.
  package let cpuMillicores: Int?
  /// How much memory its streams may take together; nil: no limit.
  package let memoryMiB: Int?
  package let phase: WorkerPhase
  /// A cordoned worker keeps its streams and gets no new ones.
  package let isCordoned: Bool
  /// A draining worker gets no new streams, and its own go to others.
  package let isDraining: Bool
  /// It comes and goes: it keeps its streams and gets no new ones for a while.
  package let isHeldOff: Bool
  /// For how long it has been lost; nil when it is not, or that is not known.
  package let lostFor: Duration?
  /// Of a lost worker: its own lease has run out for certain, so that it has stopped what it must.
  package let isLeaseOver: Bool

  /// A worker of its parts.
  package init(
    id: Int64, name: ObjectName, labels: Labels, site: ObjectName? = nil, capacity: Int,
    cpuMillicores: Int? = nil, memoryMiB: Int? = nil, phase: WorkerPhase, isCordoned: Bool,
    isDraining: Bool = false, isHeldOff: Bool = false, lostFor: Duration? = nil,
    isLeaseOver: Bool = false
  ) {
    self.id = id
    self.name = name
    self.labels = labels
    self.site = site
    self.capacity = capacity
    self.cpuMillicores = cpuMillicores
    self.memoryMiB = memoryMiB
    self.phase = phase
    self.isCordoned = isCordoned
    self.isDraining = isDraining
    self.isHeldOff = isHeldOff
    self.lostFor = lostFor
    self.isLeaseOver = isLeaseOver
  }

  /// Whether it may get new streams at all, full or not.
  var takesNewStreams: Bool { phase == .ready && !isCordoned && !isDraining && !isHeldOff }

  /// What its streams may take together.
  var limits: ResourceCost {
    ResourceCost(
      streams: capacity, cpuMillicores: cpuMillicores ?? Self.unlimited,
      memoryMiB: memoryMiB ?? Self.unlimited)
  }

  /// More than any sum of costs.
  static let unlimited = 1 << 48

  /// The same worker, lost for good.
  var afterLoss: SchedulableWorker {
    SchedulableWorker(
      id: id, name: name, labels: labels, site: site, capacity: capacity,
      cpuMillicores: cpuMillicores, memoryMiB: memoryMiB, phase: .lost, isCordoned: isCordoned,
      isDraining: isDraining, isHeldOff: isHeldOff, isLeaseOver: true)
  }
}
