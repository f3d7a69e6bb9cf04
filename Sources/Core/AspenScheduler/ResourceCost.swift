/// How much something takes of a worker, or how much a worker has.
package struct ResourceCost: Sendable, Hashable {
  package var streams: Int
  /// Thousandths of a core.
  package var cpuMillicores: Int
  package var memoryMiB: Int

  /// A cost of its parts.
  package init(streams: Int = 0, cpuMillicores: Int = 0, memoryMiB: Int = 0) {
    self.streams = streams
    self.cpuMillicores = cpuMillicores
    self.memoryMiB = memoryMiB
  }

  /// Nothing.
  package static let zero = ResourceCost()

  /// Both together.
  package static func + (left: ResourceCost, right: ResourceCost) -> ResourceCost {
    ResourceCost(
      streams: left.streams + right.streams,
      cpuMillicores: left.cpuMillicores + right.cpuMillicores,
      memoryMiB: left.memoryMiB + right.memoryMiB)
  }

  /// What is left of one without the other.
  package static func - (left: ResourceCost, right: ResourceCost) -> ResourceCost {
    ResourceCost(
      streams: left.streams - right.streams,
      cpuMillicores: left.cpuMillicores - right.cpuMillicores,
      memoryMiB: left.memoryMiB - right.memoryMiB)
  }

  /// Adds one.
  package static func += (left: inout ResourceCost, right: ResourceCost) { left = left + right }

  /// Takes one away.
  package static func -= (left: inout ResourceCost, right: ResourceCost) { left = left - right }

  /// Whether there is room for all of it.
  func fits(in room: ResourceCost) -> Bool {
    streams <= room.streams && cpuMillicores <= room.cpuMillicores && memoryMiB <= room.memoryMiB
  }

  /// The greater of each.
  func union(_ other: ResourceCost) -> ResourceCost {
    ResourceCost(
      streams: max(streams, other.streams), cpuMillicores: max(cpuMillicores, other.cpuMillicores),
      memoryMiB: max(memoryMiB, other.memoryMiB))
  }

  /// Greater costs first, so that the large ones find their place before the small ones fill the gaps.
  func isGreater(than other: ResourceCost) -> Bool {
    (cpuMillicores, memoryMiB, streams) > (other.cpuMillicores, other.memoryMiB, other.streams)
  }
}

/// What a stream costs its worker.
package struct StreamCost: Sendable, Hashable {
  /// What it takes itself.
  package let own: ResourceCost
  /// What its camera takes, once for all streams of this camera on one worker: receiving and decoding.
  package let camera: ResourceCost

  /// A cost of its parts.
  package init(
    own: ResourceCost = ResourceCost(streams: 1), camera: ResourceCost = .zero
  ) {
    self.own = own
    self.camera = camera
  }

  /// One place, and nothing else that is counted.
  package static let oneStream = StreamCost()

  /// What it takes where its camera has no other stream.
  var alone: ResourceCost { own + camera }
}
