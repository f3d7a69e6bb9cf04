/// The streams that run on each worker and may have to make room, the first to go first: those of the
/// lowest priority, of those what costs more, then the last by name.
struct Residents {
  private var streamsOf: [[Int]]
  private var isSorted: [Bool]
  /// The lowest priority on each worker; `Int.max` when nothing runs there.
  private(set) var lowest: [Int]

  /// `settledOn` is the worker of each stream, by rank, or -1.
  init(settledOn: [Int], _ streams: StreamTable, workerCount: Int) {
    streamsOf = [[Int]](repeating: [], count: workerCount)
    isSorted = [Bool](repeating: false, count: workerCount)
    lowest = [Int](repeating: .max, count: workerCount)
    for (rank, worker) in settledOn.enumerated() where worker >= 0 {
      streamsOf[worker].append(rank)
      lowest[worker] = min(lowest[worker], streams.streams[rank].priority)
    }
  }

  /// The streams of a worker in the order in which they would go.
  mutating func streams(on worker: Int, _ streams: StreamTable) -> [Int] {
    if !isSorted[worker] {
      streamsOf[worker].sort { Self.goes($0, before: $1, streams) }
      isSorted[worker] = true
    }
    return streamsOf[worker]
  }

  /// Streams have left a worker.
  mutating func remove(_ gone: [Int], from worker: Int, _ streams: StreamTable) {
    let gone = Set(gone)
    streamsOf[worker].removeAll { gone.contains($0) }
    lowest[worker] = streamsOf[worker].map { streams.streams[$0].priority }.min() ?? .max
  }

  private static func goes(_ one: Int, before other: Int, _ streams: StreamTable) -> Bool {
    let priorities = (streams.streams[one].priority, streams.streams[other].priority)
    if priorities.0 != priorities.1 { return priorities.0 < priorities.1 }
    let costs = (streams.cost(of: one).alone, streams.cost(of: other).alone)
    return costs.0 == costs.1 ? one > other : costs.0.isGreater(than: costs.1)
  }
}
