/// Workers in the order in which they should get the next stream: lowest load fraction first, ties
/// by rank. A binary heap; a worker that is full leaves it.
struct LeastLoadedQueue {
  private struct Entry {
    let rank: Int
    let capacity: Int
    var load: Int

    var fraction: Double { Double(load) / Double(capacity) }

    func precedes(_ other: Entry) -> Bool {
      let (mine, theirs) = (fraction, other.fraction)
      return mine == theirs ? rank < other.rank : mine < theirs
    }
  }

  private var heap: [Entry]

  /// A queue of workers by rank (their index in name order), without those that are full.
  init(ranks: [Int], capacity: (Int) -> Int, load: (Int) -> Int) {
    heap = ranks.map { Entry(rank: $0, capacity: capacity($0), load: load($0)) }
      .filter { $0.load < $0.capacity }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
  }

  /// The rank of the worker that gets the next stream, which then counts as its load.
  mutating func takeSlot() -> Int? {
    guard var top = heap.first else { return nil }
    top.load += 1
    if top.load < top.capacity {
      heap[0] = top
    } else {
      let last = heap.removeLast()
      if heap.isEmpty { return top.rank }
      heap[0] = last
    }
    siftDown(from: 0)
    return top.rank
  }

  private mutating func siftDown(from start: Int) {
    var index = start
    while true {
      var first = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[child].precedes(heap[first]) { first = child }
      }
      if first == index { return }
      heap.swapAt(index, first)
      index = first
    }
  }
}
