import AspenModel

/// Which workers are alive, by all that the controllers hear: a worker that is cut off from one of them
/// goes on as long as another has it.
struct ClusterLiveness: Sendable {
  let registry: WorkerRegistry
  let roster: ControllerRoster

  /// The phases of the workers, now.
  func phases(of workerIDs: [Int64]) -> [Int64: WorkerPhase] {
    var phases = registry.phases(of: workerIDs)
    let others = roster.others
    if others.isEmpty { return phases }
    for (workerID, phase) in phases where phase != .ready {
      if others.contains(where: { $0.hears.contains(workerID) }) { phases[workerID] = .ready }
    }
    return phases
  }

  /// What is known of the workers' lives, now. One that another controller hears is not lost.
  func lives(of workerIDs: [Int64]) -> [Int64: WorkerRegistry.Life] {
    let others = roster.others
    return registry.lives(of: workerIDs).reduce(into: [:]) { lives, entry in
      let (workerID, life) = entry
      let isHeard = life.phase != .ready && others.contains { $0.hears.contains(workerID) }
      lives[workerID] =
        isHeard
        ? WorkerRegistry.Life(
          phase: .ready, lostFor: nil, isLeaseOver: life.isLeaseOver, heldOff: life.heldOff)
        : life
    }
  }

  /// The controller through which alone a worker is heard; nil if it is heard here, or nowhere.
  func onlyHearer(of workerID: Int64) -> ObjectName? {
    if registry.phases(of: [workerID])[workerID] == .ready { return nil }
    return roster.others.first { $0.hears.contains(workerID) }?.name
  }

  /// The workers of which another controller, which leads, writes what is to be written.
  var leadersWorkers: Set<Int64> {
    roster.others.first(where: \.isLeader)?.hears ?? []
  }
}
