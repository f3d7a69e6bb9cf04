import AspenNet
import Synchronization

/// One statement that somebody waits for. It is answered once: by its result, its deadline, its
/// cancellation or the loss of the connection, whichever comes first.
final class PostgresRequest: Sendable {
  enum Kind {
    /// One statement of the extended protocol.
    case statement
    /// A statement that begins a transaction. Behind a pooler the settings come with it.
    case begin
    /// Several statements of the simple protocol; needs a connection with nothing else under way.
    case script
  }

  private enum State {
    case new
    case waiting(CheckedContinuation<Result<PostgresResult, PostgresError>, Never>)
    case finished(Result<PostgresResult, PostgresError>)
  }

  let sql: String
  let values: [PostgresValue]
  let kind: Kind
  let deadline: MonotonicTime
  private let state = Mutex(State.new)

  init(_ sql: String, _ values: [PostgresValue], kind: Kind = .statement, timeout: Duration) {
    self.sql = sql
    self.values = values
    self.kind = kind
    deadline = .current() + timeout
  }

  /// Gives the answer; later ones are dropped.
  func finish(_ result: Result<PostgresResult, PostgresError>) {
    let continuation = state.withLock {
      state -> CheckedContinuation<Result<PostgresResult, PostgresError>, Never>? in
      switch state {
      case .new:
        state = .finished(result)
        return nil
      case .waiting(let continuation):
        state = .finished(result)
        return continuation
      case .finished:
        return nil
      }
    }
    continuation?.resume(returning: result)
  }

  /// Whether the answer was given.
  var isFinished: Bool {
    state.withLock { state in
      if case .finished = state { true } else { false }
    }
  }

  /// Hands the request over with `submit` and waits for the answer. A cancelled task gets `.cancelled`
  /// at once, after `onCancel`.
  func answer(
    submit: () -> Void, onCancel: @escaping @Sendable () -> Void = {}
  ) async throws(PostgresError) -> PostgresResult {
    let result = await withTaskCancellationHandler {
      await uninterruptedAnswer(submit: submit)
    } onCancel: {
      onCancel()
      finish(.failure(.cancelled))
    }
    return try result.get()
  }

  /// Hands the request over with `submit` and waits for the answer whether the task is cancelled or not.
  func uninterruptedAnswer(submit: () -> Void) async -> Result<PostgresResult, PostgresError> {
    await withCheckedContinuation { continuation in
      let early = state.withLock { state -> Result<PostgresResult, PostgresError>? in
        switch state {
        case .new:
          state = .waiting(continuation)
          return nil
        case .finished(let result):
          return result
        case .waiting:
          preconditionFailure("a request has one waiter")
        }
      }
      if let early {
        continuation.resume(returning: early)
      } else {
        submit()
      }
    }
  }
}
