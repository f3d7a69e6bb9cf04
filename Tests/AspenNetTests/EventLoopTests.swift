import AspenNet
import AspenTestSupport
import Glibc
import Synchronization
import Testing

@Suite("The event loop")
struct EventLoopTests {
  @Test("timers fire in the order of their deadlines, then of their scheduling")
  func timerOrder() async throws {
    try await withLoops { loops in
      let fired = Collected<[Int]>()
      try await loops[0].run {
        for (name, delay) in [(4, 30), (1, 0), (3, 20), (2, 10), (5, 30)] {
          loops[0].schedule(after: .milliseconds(delay)) { fired.append(name) }
        }
      }
      try await waitUntil("all timers") { fired.value.count == 5 }
      #expect(fired.value == [1, 2, 3, 4, 5])
    }
  }

  @Test("a cancelled timer never fires, wherever it stands among a thousand")
  func cancelledTimers() async throws {
    try await withLoops { loops in
      let fired = Collected<[Int]>()
      try await loops[0].run {
        let timers = (0..<1_000).map { index in
          loops[0].schedule(after: .milliseconds((index * 7) % 40)) { fired.append(index) }
        }
        for index in stride(from: 0, to: 1_000, by: 3) {
          timers[index].cancel()
          timers[index].cancel()
        }
      }
      try await waitUntil("the rest") { fired.value.count == 666 }
      #expect(Set(fired.value) == Set((0..<1_000).filter { $0 % 3 != 0 }))
    }
  }

  @Test("a timer that cancels another due timer stops it")
  func cancelDueTimer() async throws {
    try await withLoops { loops in
      let fired = Collected<[Int]>()
      try await loops[0].run {
        var second: LoopTimer?
        loops[0].schedule(after: .milliseconds(5)) {
          fired.append(1)
          second?.cancel()
        }
        second = loops[0].schedule(after: .milliseconds(5)) { fired.append(2) }
        loops[0].schedule(after: .milliseconds(10)) { fired.append(3) }
      }
      try await waitUntil("the last timer") { fired.value.contains(3) }
      #expect(fired.value == [1, 3])
    }
  }

  @Test("a timer that schedules itself at once leaves the loop its other work")
  func selfSchedulingTimer() async throws {
    try await withLoops { loops in
      let count = Collected(0)
      try await loops[0].run { again(loops[0], count) }
      try await waitUntil("many rounds") { count.value > 100 }
      try await loops[0].run { count.update { $0 = -1_000_000 } }
    }
    @Sendable func again(_ loop: EventLoop, _ count: Collected<Int>) {
      guard count.value >= 0 else { return }
      count.update { $0 += 1 }
      loop.schedule(after: .zero) { again(loop, count) }
    }
  }

  @Test("work of each thread runs on the loop in its order")
  func executeFromThreads() async throws {
    try await withLoops { loops in
      let seen = Collected<[Int]>()
      await withTaskGroup(of: Void.self) { group in
        for thread in 0..<8 {
          group.addTask {
            for index in 0..<500 {
              loops[0].execute {
                #expect(loops[0].inLoop)
                seen.append(thread * 1_000 + index)
              }
            }
          }
        }
      }
      try await waitUntil("all work") { seen.value.count == 4_000 }
      for thread in 0..<8 {
        let own = seen.value.filter { $0 / 1_000 == thread }
        #expect(own == own.sorted())
      }
    }
  }

  @Test("a task on a loop comes back to it after each await")
  func taskStaysOnLoop() async throws {
    try await withLoops(2) { loops in
      let pool = BlockingPool(name: "test", maxThreads: 2)
      let places = Collected<[Bool]>()
      let counter = Counter()
      await loops[0].runTask {
        places.append(loops[0].inLoop)
        try? await loops[0].sleep(for: .milliseconds(2))
        places.append(loops[0].inLoop)
        _ = try? await pool.run { !loops[0].inLoop }
        places.append(loops[0].inLoop)
        await withCheckedContinuation { continuation in
          loops[1].execute { continuation.resume() }
        }
        places.append(loops[0].inLoop)
        await counter.add()
        places.append(loops[0].inLoop)
        async let child = { loops[0].inLoop }()
        places.append(await child)
      }.value
      #expect(places.value == Array(repeating: true, count: 6))
      pool.stop()
    }
  }

  actor Counter {
    var count = 0
    func add() { count += 1 }
  }

  /// An actor that runs on a loop.
  actor Resident {
    private let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    init(_ loop: EventLoop) { self.loop = loop }
    var isHome: Bool { loop.inLoop && EventLoop.current === loop }
    var state = 0
  }

  @Test("an actor with a loop as its executor runs on it, and its loop may assume so")
  func actorOnLoop() async throws {
    try await withLoops { loops in
      let resident = Resident(loops[0])
      #expect(await resident.isHome)
      let state = try await loops[0].run { resident.assumeIsolated { $0.state } }
      #expect(state == 0)
    }
  }

  @Test("a cancelled sleep ends with CancellationError")
  func cancelledSleep() async throws {
    try await withLoops { loops in
      let task = Task { try await loops[0].sleep(for: .seconds(3_600)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test("stopping a loop ends the sleeps on it and refuses later work")
  func stopping() async throws {
    let loop = try EventLoop(name: "stopping")
    let hasEnded = Collected(false)
    let started = Collected(false)
    let task = loop.runTask {
      started.update { $0 = true }
      try? await loop.sleep(for: .seconds(3_600))
      hasEnded.update { $0 = true }
    }
    try await waitUntil("the task") { started.value }
    loop.stop()
    await task.value
    #expect(hasEnded.value)
    #expect(!loop.execute {})
    await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(1)) }
    loop.stop()
  }

  @Test("a loop that is let go after its stop frees its descriptors")
  func descriptorsAreFreed() async throws {
    weak var weakLoop: EventLoop?
    do {
      let loop = try EventLoop(name: "freed")
      weakLoop = loop
      loop.stop()
    }
    try await waitUntil("the end of the thread") { weakLoop == nil }
  }

  /// Reads a pipe; may close others within the batch.
  final class PipeSource: ReadinessSource, @unchecked Sendable {
    let calls = Collected(0)
    var onReady: () -> Void = {}
    override func ready(_ readiness: Readiness) {
      calls.update { $0 += 1 }
      onReady()
    }
  }

  @Test(
    "a descriptor closed within a batch gets none of the batch's events, though its number is reused"
  )
  func staleEvents() async throws {
    try await withLoops { loops in
      let loop = loops[0]
      let (first, second, third) = (PipeSource(), PipeSource(), PipeSource())
      try await loop.run {
        var pipes = (0..<3).map { _ -> [Int32] in
          var ends: [Int32] = [0, 0]
          pipe(&ends)
          return ends
        }
        let spare = pipes[2]
        pipes.removeLast()
        // Whichever of the two is called first closes the other and reuses its number.
        for (mine, other) in [(0, 1), (1, 0)] {
          let source = mine == 0 ? first : second
          source.onReady = {
            loop.unwatch(pipes[mine][0])
            loop.unwatch(pipes[other][0])
            dup2(spare[0], pipes[other][0])
            try? loop.watch(pipes[other][0], for: .readable, mode: .edge, source: third)
          }
          try loop.watch(pipes[mine][0], for: .readable, mode: .edge, source: source)
        }
        for ends in pipes { write(ends[1], "x", 1) }
        loop.schedule(after: .milliseconds(20)) {
          loop.unwatch(pipes[0][0])
          loop.unwatch(pipes[1][0])
          for fd in pipes.joined() { close(fd) }
          for fd in spare { close(fd) }
          first.onReady = {}
          second.onReady = {}
        }
      }
      try await waitUntil("the batch") { first.calls.value + second.calls.value == 1 }
      try await loop.sleep(for: .milliseconds(30))
      #expect(first.calls.value + second.calls.value == 1)
      #expect(third.calls.value == 0)
    }
  }

  @Test("a level-triggered source is called until it has read, and rearm silences it")
  func levelTriggered() async throws {
    try await withLoops { loops in
      let loop = loops[0]
      let source = PipeSource()
      let ends = try await loop.run {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        write(ends[1], "x", 1)
        source.onReady = { if source.calls.value == 3 { loop.rearm(ends[0], for: []) } }
        try loop.watch(ends[0], for: .readable, mode: .level, source: source)
        return ends
      }
      try await waitUntil("three calls") { source.calls.value == 3 }
      try await loop.run {}
      try await loop.run {}
      #expect(source.calls.value == 3)
      try await loop.run {
        loop.unwatch(ends[0])
        source.onReady = {}
        for fd in ends { close(fd) }
      }
    }
  }
}
