import Glibc

/// The main thread of a program whose work is async.
///
/// An async `main` gives its thread to libdispatch, which unblocks every signal there: SIGTERM then ends
/// the process at once, whatever `ShutdownSignals` waits for. So `main` is synchronous and waits.
package enum MainThread {
  /// Runs `body` in a task and blocks until it has ended.
  package static func run<Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Void
  ) throws(Failure) {
    let wait = Wait<Failure>()
    Task {
      do throws(Failure) {
        try await body()
        wait.end(.success(()))
      } catch {
        wait.end(.failure(error))
      }
    }
    try wait.result().get()
  }

  /// A result that one thread waits for.
  ///
  /// `@unchecked Sendable`: the value is written before the semaphore is raised and read after.
  private final class Wait<Failure: Error>: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private var value: Result<Void, Failure>?

    init() { sem_init(semaphore, 0, 0) }

    deinit {
      sem_destroy(semaphore)
      semaphore.deallocate()
    }

    func end(_ value: Result<Void, Failure>) {
      self.value = value
      sem_post(semaphore)
    }

    func result() -> Result<Void, Failure> {
      while true {
        while sem_wait(semaphore) != 0 {}
        if let value { return value }
      }
    }
  }
}
