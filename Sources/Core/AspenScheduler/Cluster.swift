import AspenModel

/// The workers while a plan is made: their loads, and in each pool those that take new streams in the
/// order of their scores.
///
/// A worker's score depends on nothing but its load, so it is kept until that changes, and serves every
/// stream that the pool fits: a plan looks at a few workers for each stream that it places, not at all.
struct Cluster {
  /// What speaks for a worker that has a stream of the same camera, in hundredths of its capacity, besides
  /// the share that the camera does not take a second time.
  static let pointsForCamera = 30
  /// A hundredth of a worker's capacity in the unit of scores.
  static let point = WorkerTable.full / 100

  private(set) var table: WorkerTable
  let pools: WorkerPools
  /// How often a worker was looked at: its room or its score.
  private(set) var evaluations = 0
  /// Those of pools that nobody has asked for yet are not made.
  private var heaps: [ScoreHeap?]
  /// Workers that were found without room for the streams that choose just now.
  private var isParked: [Bool]

  init(_ table: WorkerTable, _ pools: WorkerPools) {
    self.table = table
    self.pools = pools
    heaps = [ScoreHeap?](repeating: nil, count: pools.pools.count)
    isParked = [Bool](repeating: false, count: table.workers.count)
  }

  // MARK: - Scores

  /// How well a worker suits any stream that fits: by its policy the emptier or the fuller the better.
  func score(of worker: Int) -> Int {
    let fill = table.fill(of: worker)
    switch pools.pools[pools.poolOf[worker]].policy {
    case .spread: return WorkerTable.full - fill
    case .pack: return fill
    }
  }

  /// How well a worker suits one stream of the profile and cost, and of the camera.
  mutating func score(
    of worker: Int, _ fits: WorkerPools.Fits, _ cost: StreamCost, camera: Int
  ) -> Int {
    evaluations += 1
    let points = fits.points[pools.poolOf[worker]] ?? 0
    let score = score(of: worker) + points * Self.point
    if !table.isHome(worker, ofCamera: camera) { return score }
    return score + Self.pointsForCamera * Self.point + table.share(of: cost.camera, on: worker)
  }

  /// Whether a worker has room for a stream.
  mutating func hasRoom(_ worker: Int, for cost: StreamCost, camera: Int = -1) -> Bool {
    evaluations += 1
    return table.added(cost, camera: camera, to: worker).fits(in: table.room(of: worker))
  }

  // MARK: - Loads

  /// Counts a stream as a load of a worker.
  mutating func add(_ cost: StreamCost, camera: Int, to worker: Int) {
    table.add(cost, camera: camera, to: worker)
    rescore(worker)
  }

  /// Counts it no more.
  mutating func remove(_ cost: StreamCost, camera: Int, from worker: Int) {
    table.remove(cost, camera: camera, from: worker)
    rescore(worker)
  }

  /// Leaves a stream out of a worker's load for a moment; the worker keeps its score.
  mutating func lift(_ cost: StreamCost, camera: Int, from worker: Int) {
    table.remove(cost, camera: camera, from: worker)
  }

  /// The opposite of `lift`.
  mutating func putBack(_ cost: StreamCost, camera: Int, on worker: Int) {
    table.add(cost, camera: camera, to: worker)
  }

  /// The best worker of a pool that is not full and not parked, and its score.
  mutating func best(ofPool pool: Int) -> (worker: Int, score: Int)? {
    if heaps[pool] == nil { fillHeap(ofPool: pool) }
    guard let heap = heaps[pool], let slot = heap.first, let score = heap.firstScore else {
      return nil
    }
    return (pools.pools[pool].workers[slot], score)
  }

  /// Leaves a worker out until `unpark`.
  mutating func park(_ worker: Int) {
    isParked[worker] = true
    heaps[pools.poolOf[worker]]?.remove(pools.slotOf[worker])
  }

  mutating func unpark(_ worker: Int) {
    isParked[worker] = false
    rescore(worker)
  }

  private mutating func fillHeap(ofPool pool: Int) {
    let workers = pools.pools[pool].workers
    var heap = ScoreHeap(count: workers.count)
    for (slot, worker) in workers.enumerated() where mayTake(worker) {
      evaluations += 1
      heap.set(slot, score: score(of: worker), rank: worker)
    }
    heaps[pool] = heap
  }

  private mutating func rescore(_ worker: Int) {
    let pool = pools.poolOf[worker]
    if heaps[pool] == nil { return }
    let slot = pools.slotOf[worker]
    if mayTake(worker) {
      evaluations += 1
      let score = score(of: worker)
      heaps[pool]?.set(slot, score: score, rank: worker)
    } else {
      heaps[pool]?.remove(slot)
    }
  }

  private func mayTake(_ worker: Int) -> Bool {
    table.workers[worker].takesNewStreams && !table.isFull(worker) && !isParked[worker]
  }
}
