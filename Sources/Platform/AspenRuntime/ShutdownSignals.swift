import Glibc
import Synchronization

/// Turns SIGTERM and SIGINT into something to await, and makes the process ignore SIGPIPE.
///
/// Create it first in `main`, before any other thread starts: threads inherit the mask that keeps
/// the signals for this one. The first signal asks for an orderly end; a second one ends the
/// process at once, so that an operator never has to reach for SIGKILL.
package final class ShutdownSignals: Sendable {
  /// Which signal came.
  package enum Signal: String, Sendable, Hashable {
    case terminate = "SIGTERM"
    case interrupt = "SIGINT"
  }

  private struct State {
    var received: Signal?
    var waiters: [CheckedContinuation<Signal, Never>] = []
  }

  private let state = Mutex(State())

  /// Blocks the signals in this thread and starts the thread that takes them.
  package init() throws(RuntimeError) {
    _ = try start()
  }

  private init(waiting: Void) {}

  /// One that takes signals sent to the returned thread only, for tests in a shared process.
  static func confined() throws(RuntimeError) -> (ShutdownSignals, thread: pthread_t) {
    let signals = ShutdownSignals(waiting: ())
    return (signals, try signals.start())
  }

  /// The signal that ends the process; returns at once when it has come already.
  package func wait() async -> Signal {
    await withCheckedContinuation { continuation in
      let received = state.withLock { state in
        if state.received == nil { state.waiters.append(continuation) }
        return state.received
      }
      if let received { continuation.resume(returning: received) }
    }
  }

  private func start() throws(RuntimeError) -> pthread_t {
    signal(SIGPIPE, SIG_IGN)
    var previous = sigset_t()
    var mask = Self.signalSet()
    pthread_sigmask(SIG_BLOCK, &mask, &previous)
    var thread = pthread_t()
    // The thread lives as long as the process and owns the reference that it was given.
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<ShutdownSignals>.fromOpaque(context).takeRetainedValue().takeSignals()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      pthread_sigmask(SIG_SETMASK, &previous, nil)
      throw .signals(reason: String(cString: strerror(code)))
    }
    return thread
  }

  private func takeSignals() {
    var mask = Self.signalSet()
    var number: Int32 = 0
    while sigwait(&mask, &number) != 0 {}
    let received: Signal = number == SIGINT ? .interrupt : .terminate
    let waiters = state.withLock { state in
      state.received = received
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: received) }
    // This thread alone takes a second signal, with the default action: the process ends.
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    while true { pause() }
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
