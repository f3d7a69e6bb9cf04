/// One scheduled piece of work. Confined to its loop.
package final class LoopTimer {
  /// When the work is due.
  package let deadline: MonotonicTime
  let sequence: UInt64
  fileprivate(set) var index = -1
  private weak var loop: EventLoop?
  private var work: (() -> Void)?

  init(
    deadline: MonotonicTime, sequence: UInt64, loop: EventLoop, work: @escaping () -> Void
  ) {
    self.deadline = deadline
    self.sequence = sequence
    self.loop = loop
    self.work = work
  }

  /// Drops the work, at once. Does nothing if it has run or was cancelled before.
  package func cancel() {
    work = nil
    guard index >= 0 else { return }
    loop?.remove(self)
  }

  func fire() {
    let due = work
    work = nil
    due?()
  }

  func isBefore(_ other: LoopTimer) -> Bool {
    deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
  }
}

/// A binary heap of timers by deadline, then by order of scheduling. Each timer knows its place, so
/// that cancelling costs O(log n) and keeps nothing behind. Its size is bounded by whoever schedules:
/// streams and requests have a few timers each.
struct TimerHeap {
  private var timers: [LoopTimer] = []

  var isEmpty: Bool { timers.isEmpty }
  var first: LoopTimer? { timers.first }

  mutating func insert(_ timer: LoopTimer) {
    timer.index = timers.count
    timers.append(timer)
    siftUp(timer.index)
  }

  mutating func remove(_ timer: LoopTimer) {
    let hole = timer.index
    precondition(timers.indices.contains(hole) && timers[hole] === timer, "the timer is not here")
    timer.index = -1
    let last = timers.removeLast()
    guard last !== timer else { return }
    timers[hole] = last
    last.index = hole
    siftUp(hole)
    siftDown(last.index)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard timers[child].isBefore(timers[parent]) else { return }
      exchange(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < timers.count && timers[child].isBefore(timers[least]) {
        least = child
      }
      guard least != parent else { return }
      exchange(parent, least)
      parent = least
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    timers.swapAt(a, b)
    timers[a].index = a
    timers[b].index = b
  }
}
