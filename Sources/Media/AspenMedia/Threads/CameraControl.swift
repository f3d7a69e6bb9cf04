import AspenModel
import Glibc
import Synchronization

/// What other threads tell a camera's thread: stop, and how much is wanted.
///
/// Unchecked: `demand` and the condition are touched only under `mutex`; the flag is atomic.
final class CameraControl: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let stopFlag = Atomic(false)
  private var demand: FrameDemand?

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  var isStopRequested: Bool { stopFlag.load(ordering: .acquiring) }

  func requestStop() {
    withLock {
      stopFlag.store(true, ordering: .releasing)
      pthread_cond_broadcast(condition)
    }
  }

  var currentDemand: FrameDemand? { withLock { demand } }

  func setDemand(_ newDemand: FrameDemand?) {
    withLock { demand = newDemand }
  }

  /// Wakes whoever waits, so that it looks at its condition again.
  func wake() {
    withLock { _ = pthread_cond_broadcast(condition) }
  }

  /// Sleeps until the monotonic time `deadline`, `stop` or `isDone`; true unless it must stop.
  func wait(untilMicroseconds deadline: Int64, isDone: () -> Bool = { false }) -> Bool {
    var time = timespec(
      tv_sec: Int(deadline / 1_000_000), tv_nsec: Int(deadline % 1_000_000) * 1000)
    return withLock {
      while !isStopRequested, !isDone(), Clocks.monotonicMicroseconds() < deadline {
        pthread_cond_timedwait(condition, mutex, &time)
      }
      return !isStopRequested
    }
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
