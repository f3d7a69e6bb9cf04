import AspenNet
import Logging

/// Runs a reconciler: once for any number of signals that arrived meanwhile, and once a period.
final class ReconcileLoop: Sendable {
  private let signals: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let period: Duration
  private let log: Logger

  init(period: Duration, log: Logger) {
    self.period = period
    self.log = log
    // One pending signal stands for all: the reconciler looks at everything anyway.
    (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Asks for a pass soon. Any thread.
  func signal() {
    continuation.yield()
  }

  /// Runs passes until the task is cancelled. Failures are logged once until a pass succeeds again.
  func run(on loop: EventLoop, _ pass: @Sendable () async throws -> Void) async {
    let ticker = loop.runTask { [self] in
      while !Task.isCancelled {
        continuation.yield()
        do { try await loop.sleep(for: period) } catch { return }
      }
    }
    var isFailing = false
    for await _ in signals {
      if Task.isCancelled { break }
      do {
        try await pass()
        if isFailing { log.info("reconciliation works again") }
        isFailing = false
      } catch {
        if !isFailing { log.warning("reconciliation failed", metadata: ["error": "\(error)"]) }
        isFailing = true
        // The period brings the next try; a signal that is there already must not spin.
        do { try await loop.sleep(for: .milliseconds(200)) } catch { break }
        continuation.yield()
      }
    }
    ticker.cancel()
  }
}
