import AspenModel

/// Moves that pay for themselves: to a worker that suits the stream better by more than a threshold, as
/// the same scores say by which it would be placed. Then no way back can pay for itself.
extension Planning {
  private enum Limits {
    /// The most workers that give streams away in one plan, the worst first.
    static let sources = 16
    /// The most streams of each that are looked at.
    static let streams = 16
  }

  /// Moves a few streams if nothing else has to change and no worker is lost.
  mutating func balance() {
    guard isAtRest, isCalm else { return }
    let end = moves + min(rules.maxBalancingMoves, rules.maxMoves - moves)
    let sources = worstWorkers()
    if sources.isEmpty { return }
    var residents: [Int: [Int]] = [:]
    for (rank, worker) in settledOn.enumerated() where worker >= 0 && sources.contains(worker) {
      if mayMove(rank), residents[worker, default: []].count < Limits.streams {
        residents[worker, default: []].append(rank)
      }
    }
    for source in sources {
      for rank in residents[source] ?? [] {
        if moves >= end { return }
        improve(rank, on: source)
      }
    }
  }

  /// Nobody is lost who may come back.
  private var isCalm: Bool {
    cluster.table.workers.allSatisfy { worker in
      switch worker.phase {
      case .ready: true
      case .expected: false
      case .lost: worker.lostFor.map { $0 >= rules.stormHold } ?? false
      }
    }
  }

  private func mayMove(_ rank: Int) -> Bool {
    let stream = streams.streams[rank]
    return stream.onPartition != .keep
      && stream.current?.age.map { $0 >= rules.restingTime } ?? false
  }

  /// Workers with streams whose score is far from the best, that of the worst first.
  private func worstWorkers() -> [Int] {
    let workers = cluster.table.workers
    let scores = workers.indices.map { cluster.score(of: $0) }
    let takers = workers.indices.filter { workers[$0].takesNewStreams && !cluster.table.isFull($0) }
    guard let best = takers.map({ scores[$0] }).max() else { return [] }
    let threshold = rules.balancingThreshold * Cluster.point
    let far = workers.indices.filter {
      best - scores[$0] > threshold && workers[$0].phase == .ready && !workers[$0].isDraining
        && cluster.table.loads[$0].streams > 0
    }
    return Array(far.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(Limits.sources))
  }

  /// Moves a stream if another worker is better by more than the threshold.
  private mutating func improve(_ rank: Int, on source: Int) {
    let camera = streams.sharedCameraOf[rank]
    let (fits, cost) = (fits(of: rank), streams.cost(of: rank))
    unload(rank, source)
    cluster.park(source)
    var choice = Choice(cost: cost, fits: fits, count: 1, in: &cluster, &generator)
    let target = choice.next(camera: camera, in: &cluster)
    choice.end(in: &cluster)
    cluster.unpark(source)
    var gain = 0
    if let target, target != source {
      gain =
        cluster.score(of: target, fits, cost, camera: camera)
        - cluster.score(of: source, fits, cost, camera: camera)
    }
    let words = target.map { cluster.words(for: $0, fits, camera: camera) } ?? ""
    load(rank, source)
    guard let target, gain > rules.balancingThreshold * Cluster.point else { return }
    settledOn[rank] = target
    move(
      rank, from: source, to: target,
      because: "suits it less by \(gain / Cluster.point) hundredths", words)
  }
}
