import AspenModel

/// Finds streams of lower priority that make room for others of one class: on the worker where the
/// highest of them is the lowest, and then the fewest.
struct Preemption {
  /// The streams of a worker that go, by rank.
  struct Sacrifice {
    let worker: Int
    let victims: [Int]
  }

  private enum Limits {
    /// The most workers that are compared for one stream. They are looked at from that of the lowest
    /// priority on, so that others are hardly better.
    static let workers = 32
  }

  private let cost: StreamCost
  /// What runs on each worker and may go, the last first; only of workers that fit.
  private var residents: [Int: [Int]] = [:]
  /// Workers by the lowest priority that they run.
  private var order: ScoreHeap

  /// Looks at the streams that a class, by one of its members, could take places of. `settledOn` is the
  /// worker of each stream, or -1.
  init(
    for rank: Int, _ fits: WorkerPools.Fits, settledOn: [Int], _ streams: StreamTable,
    _ cluster: Cluster
  ) {
    let priority = streams.streams[rank].priority
    cost = streams.cost(of: rank)
    order = ScoreHeap(count: cluster.table.workers.count)
    for (victim, worker) in settledOn.enumerated() where worker >= 0 {
      if streams.streams[victim].priority < priority,
        cluster.table.workers[worker].takesNewStreams,
        fits.points[cluster.pools.poolOf[worker]] != nil
      {
        residents[worker, default: []].append(victim)
      }
    }
    for worker in residents.keys {
      residents[worker]?.sort { Self.goes($0, before: $1, streams) }
      self.rank(worker, streams)
    }
  }

  /// The next sacrifice; its victims are no longer thought of as running there.
  mutating func next(
    for rank: Int, in cluster: inout Cluster, _ streams: StreamTable
  ) -> Sacrifice? {
    let camera = streams.sharedCameraOf[rank]
    var best: Sacrifice?
    var looked: [Int] = []
    while looked.count < Limits.workers, let worker = order.first {
      order.remove(worker)
      guard let victims = victims(on: worker, camera: camera, in: &cluster, streams) else {
        // Its lower streams do not make room for any stream of this class.
        continue
      }
      looked.append(worker)
      let sacrifice = Sacrifice(worker: worker, victims: victims)
      if best.map({ isBetter(sacrifice, than: $0, streams) }) ?? true { best = sacrifice }
      // Those that follow run nothing lower, and fewer than one cannot be.
      if best?.victims.count == 1 { break }
    }
    if let best {
      let gone = Set(best.victims)
      residents[best.worker]?.removeAll { gone.contains($0) }
    }
    for worker in looked { self.rank(worker, streams) }
    return best
  }

  /// The fewest of a worker's lowest streams that make room; nil if all of them do not.
  private func victims(
    on worker: Int, camera: Int, in cluster: inout Cluster, _ streams: StreamTable
  ) -> [Int]? {
    var lifted: [Int] = []
    defer {
      for victim in lifted { put(victim, back: true, on: worker, &cluster, streams) }
    }
    for victim in residents[worker] ?? [] {
      put(victim, back: false, on: worker, &cluster, streams)
      lifted.append(victim)
      if cluster.hasRoom(worker, for: cost, camera: camera) { break }
    }
    if !cluster.hasRoom(worker, for: cost, camera: camera) { return nil }
    // A later one may have made an earlier one's going needless.
    for victim in lifted {
      put(victim, back: true, on: worker, &cluster, streams)
      if cluster.hasRoom(worker, for: cost, camera: camera) {
        lifted.removeAll { $0 == victim }
      } else {
        put(victim, back: false, on: worker, &cluster, streams)
      }
    }
    return lifted
  }

  private func put(
    _ victim: Int, back isBack: Bool, on worker: Int, _ cluster: inout Cluster,
    _ streams: StreamTable
  ) {
    let (cost, camera) = (streams.cost(of: victim), streams.sharedCameraOf[victim])
    if isBack {
      cluster.putBack(cost, camera: camera, on: worker)
    } else {
      cluster.lift(cost, camera: camera, from: worker)
    }
  }

  private func isBetter(
    _ one: Sacrifice, than other: Sacrifice, _ streams: StreamTable
  ) -> Bool {
    let highest = { (sacrifice: Sacrifice) in
      sacrifice.victims.map { streams.streams[$0].priority }.max() ?? 0
    }
    return (highest(one), one.victims.count, one.worker)
      < (highest(other), other.victims.count, other.worker)
  }

  private mutating func rank(_ worker: Int, _ streams: StreamTable) {
    if let lowest = residents[worker]?.first {
      order.set(worker, score: -streams.streams[lowest].priority, rank: worker)
    } else {
      order.remove(worker)
    }
  }

  /// The lowest priority first, then what costs more, then the last by name.
  private static func goes(_ one: Int, before other: Int, _ streams: StreamTable) -> Bool {
    let priorities = (streams.streams[one].priority, streams.streams[other].priority)
    if priorities.0 != priorities.1 { return priorities.0 < priorities.1 }
    let costs = (streams.cost(of: one).alone, streams.cost(of: other).alone)
    return costs.0 == costs.1 ? one > other : costs.0.isGreater(than: costs.1)
  }
}
