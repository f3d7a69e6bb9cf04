import AspenModel

/// Chooses workers for streams of one class: they fit the same workers, equally well, and cost the same.
struct Choice {
  /// The fewest pools that are looked at; and for each stream so many.
  private enum Sample {
    static let pools = 64
    static let poolsOfStream = 4
  }

  private let cost: StreamCost
  private let fits: WorkerPools.Fits
  /// The pools that fit; the first `lookedAt` of them are in `order`.
  private var pools: [WorkerPools.Fit]
  private var lookedAt = 0
  /// Indexes of `pools` by the scores of their best workers.
  private var order: ScoreHeap
  private var indexOf: [Int: Int] = [:]
  private var parked: [Int] = []

  /// `count` streams are going to choose. If many more pools fit, only a sample of them is looked at
  /// unless it has no room: of those that spread. To pack, the fullest have to be known.
  init(
    cost: StreamCost, fits: WorkerPools.Fits, count: Int, in cluster: inout Cluster,
    _ generator: inout SampleGenerator
  ) {
    self.cost = cost
    self.fits = fits
    pools = fits.pools
    order = ScoreHeap(count: pools.count)
    let wanted = max(Sample.pools, Sample.poolsOfStream * count)
    let all = cluster.pools.pools
    let isSampled = pools.count > wanted && !pools.contains { all[$0.pool].policy == .pack }
    if isSampled { sample(wanted, &generator) }
    look(at: isSampled ? wanted : pools.count, in: &cluster)
  }

  /// The worker that the next stream of the class should go to, by the stream's camera; nil if none has
  /// room. The caller adds the stream to it, and says so (`changed`).
  mutating func next(camera: Int, in cluster: inout Cluster) -> Int? {
    let best = bestWithRoom(in: &cluster)
    var winner: (worker: Int, score: Int)?
    for home in cluster.table.homes(ofCamera: camera) {
      let worker = home.worker
      guard fits.points[cluster.pools.poolOf[worker]] != nil,
        cluster.table.workers[worker].takesNewStreams,
        cluster.hasRoom(worker, for: cost, camera: camera)
      else { continue }
      let score = cluster.score(of: worker, fits, cost, camera: camera)
      if let held = winner, (held.score, worker) >= (score, held.worker) { continue }
      winner = (worker, score)
    }
    guard let winner else { return best?.worker }
    guard let best else { return winner.worker }
    return winner.score >= best.score ? winner.worker : best.worker
  }

  /// A worker's load has changed.
  mutating func changed(_ worker: Int, in cluster: inout Cluster) {
    if let index = indexOf[cluster.pools.poolOf[worker]] { rank(index, in: &cluster) }
  }

  /// Room has become free on a worker.
  mutating func freed(_ worker: Int, in cluster: inout Cluster) {
    cluster.unpark(worker)
    parked.removeAll { $0 == worker }
    changed(worker, in: &cluster)
  }

  /// Lets the workers that were left out be seen again; to be called when all have chosen.
  mutating func end(in cluster: inout Cluster) {
    for worker in parked { cluster.unpark(worker) }
    parked = []
  }

  private mutating func bestWithRoom(in cluster: inout Cluster) -> (worker: Int, score: Int)? {
    while true {
      guard let index = order.first, let score = order.firstScore else {
        if lookedAt == pools.count { return nil }
        look(at: pools.count, in: &cluster)
        continue
      }
      guard let best = cluster.best(ofPool: pools[index].pool) else {
        order.remove(index)
        continue
      }
      if cluster.hasRoom(best.worker, for: cost) { return (best.worker, score) }
      // It will not have room for another stream of this class either.
      cluster.park(best.worker)
      parked.append(best.worker)
      rank(index, in: &cluster)
    }
  }

  private mutating func look(at count: Int, in cluster: inout Cluster) {
    let range = lookedAt..<count
    lookedAt = count
    for index in range {
      indexOf[pools[index].pool] = index
      rank(index, in: &cluster)
    }
  }

  private mutating func rank(_ index: Int, in cluster: inout Cluster) {
    if let best = cluster.best(ofPool: pools[index].pool) {
      order.set(
        index, score: best.score + pools[index].points * Cluster.point, rank: best.worker)
    } else {
      order.remove(index)
    }
  }

  /// Brings a sample to the front, of the pools of the most points first.
  private mutating func sample(_ count: Int, _ generator: inout SampleGenerator) {
    var start = 0
    while start < count {
      let end = pools[start...].firstIndex { $0.points != pools[start].points } ?? pools.count
      generator.sample(count - start, of: &pools, in: start..<end)
      start = end
    }
  }
}
