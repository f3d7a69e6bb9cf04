import CLinux
import Glibc
import Synchronization

/// One thread that waits for descriptors, timers and work, and runs what they bring.
///
/// A turn is: wait, call ready sources, fire due timers, run work and task jobs, then tell the sources
/// that asked for it that the turn ends (streams send what was queued). The loop is also the serial
/// executor of actors and the executor of tasks, so their jobs run between two waits of the same thread.
/// Nothing on a loop may block.
///
/// The thread keeps the loop alive until `stop`.
///
/// `@unchecked Sendable`: what several threads touch is in `shared`; all else is touched by the loop's
/// own thread only, which `preconditionInLoop` checks at the API.
package final class EventLoop: @unchecked Sendable {
  /// The loop's name; its first 15 bytes name the thread.
  package let name: String

  /// The time at the start of the turn. Loop thread only.
  package private(set) var now: MonotonicTime

  /// Where streams read into: one buffer for all, since a callee keeps what it needs.
  let scratch = LoopScratch()

  enum Work {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
  }

  private struct Shared {
    var work: [Work] = []
    /// The loop waits, or is about to: whoever adds work must wake it.
    var isWaiting = false
    var state = State.running
  }

  private enum State { case running, stopping, stopped }

  private enum Limits {
    /// Events of one wait; more come with the next.
    static let eventsPerTurn = 256
    /// Rounds of work that work itself adds in a turn; then descriptors get their chance.
    static let workRoundsPerTurn = 16
    /// Rounds of `turnEnded` in which a callback queues again; the rest waits for the next turn.
    static let endRoundsPerTurn = 16
    /// Turns in which a stopping loop lets its tasks finish.
    static let turnsWhileStopping = 1_000
  }

  private let shared = Mutex(Shared())
  private let epoll: Int32
  private let wakeUp: Int32
  private var thread = pthread_t()
  private var table = ReadinessTable()
  private var timers = TimerHeap()
  private var timerSequence: UInt64 = 0
  private var local: [Work] = []
  private var running: [Work] = []
  private var endOfTurn: [ReadinessSource] = []
  private var ending: [ReadinessSource] = []
  private let events: UnsafeMutablePointer<aspen_epoll_event>
  var sleepers: [ObjectIdentifier: LoopSleeper] = [:]
  private(set) var isStopping = false

  /// Starts the loop's thread. Throws if the process has no more descriptors or threads.
  package init(name: String) throws(NetError) {
    self.name = name
    now = .current()
    events = .allocate(capacity: Limits.eventsPerTurn)
    events.initialize(
      repeating: aspen_epoll_event(readiness: 0, token: 0), count: Limits.eventsPerTurn)
    epoll = aspen_epoll_create()
    guard epoll >= 0 else {
      wakeUp = -1
      throw NetError(errno: errno, call: "epoll_create1")
    }
    wakeUp = aspen_eventfd()
    guard wakeUp >= 0 else { throw NetError(errno: errno, call: "eventfd") }
    // Edge-triggered, so that its counter need never be read.
    let events = Self.bits(.readable, .edge)
    guard aspen_epoll_add(epoll, wakeUp, events, .max) == 0 else {
      throw NetError(errno: errno, call: "epoll_ctl")
    }
    let context = Unmanaged.passRetained(self)
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard failure == 0 else {
      context.release()
      throw NetError(errno: failure, call: "pthread_create")
    }
  }

  deinit {
    if wakeUp >= 0 { close(wakeUp) }
    if epoll >= 0 { close(epoll) }
    events.deallocate()
  }

  /// The loop whose thread this is.
  package static var current: EventLoop? {
    guard let pointer = aspen_thread_pointer() else { return nil }
    return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Whether the caller is on the loop's thread.
  package var inLoop: Bool {
    aspen_thread_pointer() == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
  }

  /// Stops the program if the caller is not on the loop's thread.
  package func preconditionInLoop() {
    precondition(inLoop, "must be called on its event loop")
  }

  // MARK: Work

  /// Runs `work` on the loop, in the order of the calls of one thread. Any thread. Unbounded, since it
  /// must not fail: whoever hands over data bounds it. False: the loop has stopped and dropped the work.
  @discardableResult
  package func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
    push(.closure(work))
  }

  /// Starts a task whose code, whenever it is not on another actor, runs on this loop.
  @discardableResult
  package func runTask(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: self) { await body() }
  }

  @discardableResult
  private func push(_ work: Work) -> Bool {
    if inLoop {
      local.append(work)
      return true
    }
    let (isTaken, mustWake) = shared.withLock { shared in
      guard shared.state != .stopped else { return (false, false) }
      shared.work.append(work)
      defer { shared.isWaiting = false }
      return (true, shared.isWaiting)
    }
    if mustWake { _ = aspen_eventfd_signal(wakeUp) }
    return isTaken
  }

  /// Ends the thread: watching sources are told, `sleep`s end, and tasks get a last chance to run.
  /// Any thread; waits for the end unless called on the loop itself. Stop a loop after those who use it:
  /// work for a stopped loop is dropped.
  package func stop() {
    let isFirst = shared.withLock { shared in
      guard shared.state == .running else { return false }
      shared.state = .stopping
      return true
    }
    guard isFirst else { return }
    push(.closure { [self] in isStopping = true })
    if inLoop {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }

  // MARK: Descriptors

  /// Calls `source.ready` on the loop when the descriptor is ready. Loop thread only. The loop keeps the
  /// source until `unwatch`; unwatch a descriptor before it is closed.
  package func watch(
    _ fd: Int32, for readiness: Readiness, mode: ReadinessMode, source: ReadinessSource
  ) throws(NetError) {
    preconditionInLoop()
    guard let token = table.add(fd, source, mode: mode) else {
      preconditionFailure("descriptor \(fd) is watched already")
    }
    guard aspen_epoll_add(epoll, fd, Self.bits(readiness, mode), token) == 0 else {
      let code = errno
      _ = table.remove(fd)
      throw NetError(errno: code, call: "epoll_ctl")
    }
  }

  /// Watches the descriptor for something else from now on. Loop thread only.
  package func rearm(_ fd: Int32, for readiness: Readiness) {
    preconditionInLoop()
    guard let (token, mode) = table.registration(of: fd) else { return }
    _ = aspen_epoll_modify(epoll, fd, Self.bits(readiness, mode), token)
  }

  /// Stops watching the descriptor and gives up its source. Loop thread only.
  package func unwatch(_ fd: Int32) {
    preconditionInLoop()
    if table.remove(fd) { _ = aspen_epoll_remove(epoll, fd) }
  }

  /// Calls `source.turnEnded` once, when this turn's callbacks and work have run. Loop thread only.
  package func notifyAtEndOfTurn(_ source: ReadinessSource) {
    endOfTurn.append(source)
  }

  private static func bits(_ readiness: Readiness, _ mode: ReadinessMode) -> UInt32 {
    readiness.rawValue | (mode == .edge ? UInt32(1) << 31 : 0)
  }

  // MARK: Timers

  /// Runs `work` on the loop after `delay`, at the precision of a millisecond, and never in this turn's
  /// timers. Loop thread only.
  @discardableResult
  package func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LoopTimer {
    preconditionInLoop()
    timerSequence += 1
    let timer = LoopTimer(
      deadline: now + max(delay, .zero), sequence: timerSequence, loop: self, work: work)
    timers.insert(timer)
    return timer
  }

  func remove(_ timer: LoopTimer) {
    preconditionInLoop()
    timers.remove(timer)
  }

  // MARK: The thread

  private func run() {
    aspen_set_thread_pointer(Unmanaged.passUnretained(self).toOpaque())
    aspen_set_thread_name(name)
    while !isStopping { turn() }
    for source in table.sources { source.loopStopped() }
    for sleeper in Array(sleepers.values) { sleeper.cancel() }
    for _ in 0..<Limits.turnsWhileStopping {
      if finishIfIdle() { break }
      turn()
    }
    let left = shared.withLock { shared in
      shared.state = .stopped
      defer { shared.work = [] }
      return shared.work
    }
    local = []
    _ = left
    aspen_set_thread_pointer(nil)
  }

  private func finishIfIdle() -> Bool {
    guard local.isEmpty, endOfTurn.isEmpty else { return false }
    return shared.withLock { shared in
      guard shared.work.isEmpty else { return false }
      shared.state = .stopped
      return true
    }
  }

  private func turn() {
    let count = Int(
      aspen_epoll_wait(epoll, events, Int32(Limits.eventsPerTurn), waitMilliseconds()))
    now = .current()
    // A wait that a signal interrupted brings nothing, like one that timed out.
    if count > 0 {
      for index in 0..<count {
        let event = events[index]
        table.source(token: event.token)?.ready(Readiness(rawValue: event.readiness))
      }
    }
    fireTimers()
    runWork()
    endTurn()
  }

  private func waitMilliseconds() -> Int32 {
    let hasWork = shared.withLock { shared in
      if !shared.work.isEmpty { return true }
      shared.isWaiting = true
      return false
    }
    if hasWork || !local.isEmpty || !endOfTurn.isEmpty || isStopping { return 0 }
    guard let first = timers.first else { return -1 }
    let time = MonotonicTime.current().nanoseconds
    guard first.deadline.nanoseconds > time else { return 0 }
    // Rounded up, so that a timer is due when the wait ends.
    let milliseconds = (first.deadline.nanoseconds - time + 999_999) / 1_000_000
    return Int32(clamping: milliseconds)
  }

  private func fireTimers() {
    let newest = timerSequence
    while let timer = timers.first, timer.deadline <= now, timer.sequence <= newest {
      timers.remove(timer)
      timer.fire()
    }
  }

  private func runWork() {
    shared.withLock { shared in
      shared.isWaiting = false
      if !shared.work.isEmpty {
        local.append(contentsOf: shared.work)
        shared.work.removeAll(keepingCapacity: shared.work.capacity <= 1_024)
      }
    }
    let serial = asUnownedSerialExecutor()
    let task = asUnownedTaskExecutor()
    for _ in 0..<Limits.workRoundsPerTurn where !local.isEmpty {
      swap(&running, &local)
      for work in running {
        switch work {
        // Naming both executors keeps every resumption on this thread without another enqueue.
        case .job(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
        case .closure(let body): body()
        }
      }
      running.removeAll(keepingCapacity: running.capacity <= 1_024)
    }
  }

  private func endTurn() {
    for _ in 0..<Limits.endRoundsPerTurn where !endOfTurn.isEmpty {
      swap(&ending, &endOfTurn)
      for source in ending { source.turnEnded() }
      ending.removeAll(keepingCapacity: true)
    }
  }
}

extension EventLoop: SerialExecutor, TaskExecutor {
  package func enqueue(_ job: consuming ExecutorJob) {
    push(.job(UnownedJob(job)))
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    UnownedTaskExecutor(ordinary: self)
  }

  package func isIsolatingCurrentContext() -> Bool? { inLoop }

  package func checkIsolated() { preconditionInLoop() }
}
