import AspenModel

extension Cluster {
  /// Why a worker was chosen, in words; before the stream counts as its load.
  func words(for worker: Int, _ fits: WorkerPools.Fits, camera: Int) -> String {
    let (name, capacity) = (table.workers[worker].name, table.workers[worker].capacity)
    let load = "\(table.loads[worker].streams) of \(capacity)"
    let merits = merits(of: worker, fits, camera: camera)
    if merits.isEmpty, fits.pools.allSatisfy({ $0.points == 0 }) {
      switch pools.pools[pools.poolOf[worker]].policy {
      case .spread: return "\(name) was the least loaded worker that fits (\(load))"
      case .pack: return "\(name) was the fullest worker that fits and has room (\(load))"
      }
    }
    return "\(name) was the best worker that fits (\((merits + [load]).joined(separator: ", ")))"
  }

  /// What the stream's wishes and its camera say of a worker, in words.
  func merits(of worker: Int, _ fits: WorkerPools.Fits, camera: Int) -> [String] {
    let points = fits.points[pools.poolOf[worker]] ?? 0
    var words: [String] = []
    if points > 0 { words.append("preferred by \(points)") }
    if points < 0 { words.append("avoided by \(-points)") }
    if table.isHome(worker, ofCamera: camera) {
      words.append("has a stream of this camera already")
    }
    return words
  }
}

extension Planning {
  /// Why no worker can take a stream now, or none besides its own.
  mutating func reasonForShortage(of rank: Int, besides own: Int? = nil) -> String {
    let stream = streams.streams[rank]
    let table = cluster.table
    let fits = fits(of: rank)
    let fitting = fits.pools.flatMap { cluster.pools.pools[$0.pool].workers }.sorted()
      .filter { $0 != own }
    let others = table.workers.indices.filter { $0 != own }
    let tight = fitting.filter { table.workers[$0].takesNewStreams && !table.isFull($0) }
    return Shortage(
      requirement: stream.requirement, isOfOthers: own != nil, joinedCount: others.count,
      atSiteCount: others.count { stream.requirement.isAtSite(table.workers[$0]) },
      fitting: fitting.map { table.workers[$0] },
      tight: Set(tight.map { table.workers[$0].id }), cost: streams.cost(of: rank).alone,
      isOutranked: streams.hasPriorities
    ).reason
  }
}
