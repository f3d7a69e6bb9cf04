import Synchronization

/// The newest lines of the process's log.
///
/// Bounded by lines and by bytes; when full the oldest go.
package final class RecentLog: Sendable {
  /// Lines after a place, and where to go on.
  package struct Window: Sendable {
    /// Oldest first.
    package let lines: [LogLine]
    /// Lines after the place that are not kept any more.
    package let skipped: Int64
    /// The place after the last of the lines.
    package let position: Int64
  }

  private struct State {
    /// The line of a number is at the number modulo the most lines.
    var slots: [LogLine?]
    /// How many lines there ever were; the number of the newest.
    var newest: Int64 = 0
    /// The number before the oldest that is kept.
    var base: Int64 = 0
    var bytes = 0
    var onAppend: (@Sendable () -> Void)?

    func slot(_ number: Int64) -> Int { Int(number % Int64(slots.count)) }

    mutating func dropOldest() {
      base += 1
      bytes -= slots[slot(base)]?.costBytes ?? 0
      slots[slot(base)] = nil
    }
  }

  private let state: Mutex<State>
  private let maxBytes: Int

  /// Keeps at most so many lines and bytes: what led to a failure an hour ago on a quiet controller.
  package init(maxLines: Int = 10_000, maxBytes: Int = 4 << 20) {
    precondition(maxLines > 0, "a log has room for a line")
    state = Mutex(State(slots: Array(repeating: nil, count: maxLines)))
    self.maxBytes = maxBytes
  }

  /// Adds a line. Any thread.
  package func append(_ line: LogLine) {
    let onAppend = state.withLock { state in
      if state.newest - state.base == Int64(state.slots.count) { state.dropOldest() }
      state.newest += 1
      state.slots[state.slot(state.newest)] = line
      state.bytes += line.costBytes
      while state.bytes > maxBytes, state.newest - state.base > 1 { state.dropOldest() }
      return state.onAppend
    }
    onAppend?()
  }

  /// Calls `body` after every line, on the thread that logs: it must be quick and must not log.
  package func onAppend(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.onAppend = body }
  }

  /// At most `limit` lines after `position`; 0 is before the first line there ever was.
  package func window(after position: Int64, limit: Int) -> Window {
    state.withLock { state in
      let first = max(position, state.base)
      let last = min(state.newest, first + Int64(limit))
      guard first < last else {
        return Window(lines: [], skipped: 0, position: min(position, state.newest))
      }
      return Window(
        lines: (first + 1...last).compactMap { state.slots[state.slot($0)] },
        skipped: first - position, position: last)
    }
  }

  /// The newest lines that match, oldest first and at most `limit`, and the place before them.
  package func newest(
    _ limit: Int, where matches: (LogLine) -> Bool
  ) -> (lines: [LogLine], before: Int64) {
    // A copy shares its lines with the log: what decides runs outside the lock.
    let (slots, base, newest) = state.withLock { ($0.slots, $0.base, $0.newest) }
    var lines: [LogLine] = []
    var number = newest
    while number > base, lines.count < limit {
      if let line = slots[Int(number % Int64(slots.count))], matches(line) { lines.append(line) }
      number -= 1
    }
    return (lines.reversed(), lines.count < limit ? base : number)
  }
}
