/// Small numbers in the order of their scores: the highest first, ties by the lower rank.
///
/// A binary heap that knows where each of them is, so that one can change or go at the cost of a
/// logarithm.
struct ScoreHeap {
  private struct Entry {
    let id: Int
    let score: Int
    let rank: Int

    func precedes(_ other: Entry) -> Bool {
      score == other.score ? rank < other.rank : score > other.score
    }
  }

  private var heap: [Entry] = []
  /// Where an id is in the heap; -1 when it is not.
  private var positions: [Int]

  /// An empty heap for the ids `0..<count`.
  init(count: Int) {
    positions = [Int](repeating: -1, count: count)
  }

  /// The id of the highest score.
  var first: Int? { heap.first?.id }

  /// The highest score.
  var firstScore: Int? { heap.first?.score }

  func contains(_ id: Int) -> Bool { positions[id] >= 0 }

  /// Gives an id a score, whether it had one or not.
  mutating func set(_ id: Int, score: Int, rank: Int) {
    let entry = Entry(id: id, score: score, rank: rank)
    let position = positions[id]
    if position < 0 {
      heap.append(entry)
      positions[id] = heap.count - 1
      siftUp(from: heap.count - 1)
    } else {
      heap[position] = entry
      siftUp(from: position)
      siftDown(from: positions[id])
    }
  }

  /// Takes an id out, if it is there.
  mutating func remove(_ id: Int) {
    let position = positions[id]
    if position < 0 { return }
    positions[id] = -1
    let last = heap.removeLast()
    if position == heap.count { return }
    heap[position] = last
    positions[last.id] = position
    siftUp(from: position)
    siftDown(from: positions[last.id])
  }

  private mutating func siftUp(from start: Int) {
    var index = start
    let entry = heap[index]
    while index > 0 {
      let parent = (index - 1) / 2
      if !entry.precedes(heap[parent]) { break }
      heap[index] = heap[parent]
      positions[heap[index].id] = index
      index = parent
    }
    heap[index] = entry
    positions[entry.id] = index
  }

  private mutating func siftDown(from start: Int) {
    var index = start
    let entry = heap[index]
    while true {
      var child = 2 * index + 1
      if child >= heap.count { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      if !heap[child].precedes(entry) { break }
      heap[index] = heap[child]
      positions[heap[index].id] = index
      index = child
    }
    heap[index] = entry
    positions[entry.id] = index
  }
}
