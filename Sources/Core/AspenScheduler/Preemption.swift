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
  private let priority: Int
  /// Workers that fit, by the lowest priority that they run.
  private var order: ScoreHeap

  /// Looks at the workers whose streams a class, by one of its members, could take places of.
  init(
    for rank: Int, _ fits: WorkerPools.Fits, _ residents: Residents, _ streams: StreamTable,
    _ cluster: Cluster
  ) {
    cost = streams.cost(of: rank)
    priority = streams.streams[rank].priority
    order = ScoreHeap(count: cluster.table.workers.count)
    for fit in fits.pools {
      for worker in cluster.pools.pools[fit.pool].workers
      where cluster.table.workers[worker].takesNewStreams {
        self.rank(worker, residents)
      }
    }
  }

  /// The next sacrifice; its victims are no residents any more.
  mutating func next(
    for rank: Int, _ residents: inout Residents, in cluster: inout Cluster, _ streams: StreamTable
  ) -> Sacrifice? {
    let camera = streams.sharedCameraOf[rank]
    var best: Sacrifice?
    var looked: [Int] = []
    while looked.count < Limits.workers, let worker = order.first {
      order.remove(worker)
      guard let victims = victims(on: worker, &residents, camera: camera, in: &cluster, streams)
      else {
        // Its lower streams do not make room for any stream of this class.
        continue
      }
      looked.append(worker)
      let sacrifice = Sacrifice(worker: worker, victims: victims)
      if best.map({ isBetter(sacrifice, than: $0, streams) }) ?? true { best = sacrifice }
      // Those that follow run nothing lower, and fewer than one cannot be.
      if best?.victims.count == 1 { break }
    }
    if let best { residents.remove(best.victims, from: best.worker, streams) }
    for worker in looked { self.rank(worker, residents) }
    return best
  }

  /// The fewest of a worker's lowest streams that make room; nil if all of them do not.
  private func victims(
    on worker: Int, _ residents: inout Residents, camera: Int, in cluster: inout Cluster,
    _ streams: StreamTable
  ) -> [Int]? {
    var lifted: [Int] = []
    defer {
      for victim in lifted { put(victim, back: true, on: worker, &cluster, streams) }
    }
    for victim in residents.streams(on: worker, streams) {
      if streams.streams[victim].priority >= priority { break }
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

  private mutating func rank(_ worker: Int, _ residents: Residents) {
    if residents.lowest[worker] < priority {
      order.set(worker, score: -residents.lowest[worker], rank: worker)
    } else {
      order.remove(worker)
    }
  }
}
