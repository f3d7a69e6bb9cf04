import AspenModel
import AspenScheduler

/// The planner's peer: looks at every worker for every stream, and takes the best by the same score and in
/// the same order. For streams without wishes that all need a worker, and workers that all take new ones.
struct ExhaustivePlacement {
  private(set) var evaluations = 0
  private(set) var placedCount = 0
  /// What is taken of each worker, by its index.
  private(set) var loads: [ResourceCost]

  private struct Class: Hashable {
    let requirement: Requirement
    let cost: StreamCost
    let priority: Int
  }

  init(of snapshot: ClusterSnapshot, _ policy: PlacementPolicy) {
    let workers = snapshot.workers
    loads = [ResourceCost](repeating: .zero, count: workers.count)
    var fitting: [Requirement: [Bool]] = [:]
    for stream in snapshot.streams where fitting[stream.requirement] == nil {
      let requirement = stream.requirement
      fitting[requirement] = workers.map { worker in
        (requirement.site == nil || requirement.site == worker.site)
          && requirement.labels.matches(worker.labels)
      }
    }
    let classes = Dictionary(grouping: snapshot.streams) {
      Class(requirement: $0.requirement, cost: $0.cost, priority: $0.priority)
    }
    let turns = classes.sorted { one, other in
      Self.turn(one.key, one.value, fitting) < Self.turn(other.key, other.value, fitting)
    }
    for (key, streams) in turns {
      let cost = key.cost.own + key.cost.camera
      let fits = fitting[key.requirement] ?? []
      for _ in streams {
        if let worker = best(of: workers, fits, cost, policy) {
          loads[worker] += cost
          placedCount += 1
        }
      }
    }
  }

  private static func turn(
    _ key: Class, _ streams: [SchedulableStream], _ fitting: [Requirement: [Bool]]
  ) -> (Int, Int, Int, Int, ObjectName) {
    let cost = key.cost.own + key.cost.camera
    let count = fitting[key.requirement]?.count { $0 } ?? 0
    let first = streams.map(\.name).min() ?? streams[0].name
    return (-key.priority, count, -cost.cpuMillicores, -cost.memoryMiB, first)
  }

  private mutating func best(
    of workers: [SchedulableWorker], _ fits: [Bool], _ cost: ResourceCost, _ policy: PlacementPolicy
  ) -> Int? {
    var best: (worker: Int, score: Int)?
    for index in workers.indices {
      evaluations += 1
      if !fits[index] { continue }
      let after = loads[index] + cost
      if after.streams > workers[index].capacity { continue }
      if let limit = workers[index].cpuMillicores, after.cpuMillicores > limit { continue }
      if let limit = workers[index].memoryMiB, after.memoryMiB > limit { continue }
      let fill = Self.fill(loads[index], of: workers[index])
      let score = policy == .spread ? -fill : fill
      if best.map({ score > $0.score }) ?? true { best = (index, score) }
    }
    return best?.worker
  }

  /// The largest share of a worker that is taken, in millionths.
  static func fill(_ load: ResourceCost, of worker: SchedulableWorker) -> Int {
    var fill = load.streams * 1_000_000 / max(worker.capacity, 1)
    if let limit = worker.cpuMillicores { fill = max(fill, load.cpuMillicores * 1_000_000 / limit) }
    if let limit = worker.memoryMiB { fill = max(fill, load.memoryMiB * 1_000_000 / limit) }
    return fill
  }
}
