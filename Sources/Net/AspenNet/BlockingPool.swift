import CLinux
import Glibc
import Synchronization

/// A bounded number of threads for work that blocks: disk, name lookups, other libraries.
///
/// Threads start when they are needed and stay until `stop`. Work that waits for a thread is bounded by
/// `maxWaiting`; more is refused with `NetError.queueFull`.
package final class BlockingPool: Sendable {
  private let queue: BlockingQueue

  /// A pool without threads yet. The first 15 bytes of `name` name them.
  package init(name: String, maxThreads: Int, maxWaiting: Int = 1_024) {
    precondition(maxThreads > 0 && maxWaiting > 0, "a pool needs threads and a queue")
    queue = BlockingQueue(name: name, maxThreads: maxThreads, maxWaiting: maxWaiting)
  }

  deinit { queue.stop() }

  /// Runs `work` on one of the threads and waits for its result. Throws what `work` throws, or
  /// `NetError.queueFull` or `.stopped`. Cancelling the task does not interrupt the work.
  package func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    let result: Result<T, any Error> = await withCheckedContinuation { continuation in
      do throws(NetError) {
        try submit { continuation.resume(returning: Result { try work() }) }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  /// Queues `work` without waiting for it.
  package func submit(_ work: @escaping @Sendable () -> Void) throws(NetError) {
    try queue.submit(work)
  }

  /// Lets the threads end once the waiting work is done; later work is refused. Does not wait.
  package func stop() { queue.stop() }
}

/// What the threads share. They hold this, not the pool, so that a pool nobody holds ends.
private final class BlockingQueue: Sendable {
  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var threadCount = 0
    var idleCount = 0
    var isStopped = false
  }

  private enum Next {
    case run(@Sendable () -> Void)
    case wait, end
  }

  private let name: String
  private let maxThreads: Int
  private let maxWaiting: Int
  private let state = Mutex(State())
  private let signal = ThreadSignal()

  init(name: String, maxThreads: Int, maxWaiting: Int) {
    self.name = name
    self.maxThreads = maxThreads
    self.maxWaiting = maxWaiting
  }

  func submit(_ work: @escaping @Sendable () -> Void) throws(NetError) {
    let mustStart = try state.withLock { state throws(NetError) in
      guard !state.isStopped else { throw .stopped }
      guard state.waiting.count < maxWaiting else { throw .queueFull }
      state.waiting.append(work)
      guard state.waiting.count > state.idleCount, state.threadCount < maxThreads else {
        return false
      }
      state.threadCount += 1
      return true
    }
    if mustStart { startThread() }
    signal.raise()
  }

  func stop() {
    let count = state.withLock { state in
      state.isStopped = true
      return state.threadCount
    }
    for _ in 0..<count { signal.raise() }
  }

  private func startThread() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<BlockingQueue>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, context.toOpaque())
    guard failure == 0 else {
      context.release()
      state.withLock { $0.threadCount -= 1 }
      return
    }
    pthread_detach(thread)
  }

  private func serve() {
    aspen_set_thread_name(name)
    while true {
      switch next() {
      case .run(let work): work()
      case .wait:
        signal.wait()
        state.withLock { $0.idleCount -= 1 }
      case .end: return
      }
    }
  }

  private func next() -> Next {
    state.withLock { state in
      if !state.waiting.isEmpty { return .run(state.waiting.removeFirst()) }
      if state.isStopped {
        state.threadCount -= 1
        return .end
      }
      state.idleCount += 1
      return .wait
    }
  }
}

/// A counting semaphore between threads.
///
/// `@unchecked Sendable`: a POSIX semaphore may be used from all threads; its memory lives as long as this
/// object.
private final class ThreadSignal: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func raise() { sem_post(semaphore) }

  func wait() { while sem_wait(semaphore) != 0 {} }
}
