extension EventLoop {
  /// Suspends the task for `duration`. Any thread. Throws `CancellationError` when the task is cancelled
  /// or the loop stops first.
  package func sleep(for duration: Duration) async throws {
    let sleeper = LoopSleeper(loop: self, duration: duration)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if !execute({ sleeper.start(continuation) }) {
          continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      execute { sleeper.cancel() }
    }
  }
}

/// waiting to start → sleeping → done; a cancel before the start ends the sleep at its start.
///
/// `@unchecked Sendable`: touched on its loop only.
final class LoopSleeper: @unchecked Sendable {
  private let loop: EventLoop
  private let duration: Duration
  private var continuation: CheckedContinuation<Void, any Error>?
  private var timer: LoopTimer?
  private var isCancelled = false

  init(loop: EventLoop, duration: Duration) {
    self.loop = loop
    self.duration = duration
  }

  func start(_ continuation: CheckedContinuation<Void, any Error>) {
    if isCancelled || loop.isStopping {
      continuation.resume(throwing: CancellationError())
      return
    }
    self.continuation = continuation
    loop.sleepers[ObjectIdentifier(self)] = self
    timer = loop.schedule(after: duration) { [self] in finish(.success(())) }
  }

  func cancel() {
    isCancelled = true
    finish(.failure(CancellationError()))
  }

  private func finish(_ result: Result<Void, any Error>) {
    loop.sleepers[ObjectIdentifier(self)] = nil
    timer?.cancel()
    timer = nil
    continuation?.resume(with: result)
    continuation = nil
  }
}
