import Synchronization

/// A connection that one transaction has for itself, in one session.
struct PostgresLease: Sendable {
  let connection: PostgresConnection
  let place: PoolState.Lease
}

/// Somebody who waits for a lease.
final class LeaseRequest: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<Result<PostgresLease, PostgresError>, Never>)
    case finished(Result<PostgresLease, PostgresError>)
  }

  private let state = Mutex(State.new)

  /// Gives the answer; false if there was one before, so that nobody takes this lease.
  func finish(_ result: Result<PostgresLease, PostgresError>) -> Bool {
    let (isFirst, continuation) = state.withLock {
      state -> (Bool, CheckedContinuation<Result<PostgresLease, PostgresError>, Never>?) in
      switch state {
      case .new:
        state = .finished(result)
        return (true, nil)
      case .waiting(let continuation):
        state = .finished(result)
        return (true, continuation)
      case .finished:
        return (false, nil)
      }
    }
    continuation?.resume(returning: result)
    return isFirst
  }

  /// Waits for the answer; a cancelled task gets `.cancelled` at once.
  func answer(submit: () -> Void) async throws(PostgresError) -> PostgresLease {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early = state.withLock { state -> Result<PostgresLease, PostgresError>? in
          if case .finished(let result) = state { return result }
          state = .waiting(continuation)
          return nil
        }
        if let early {
          continuation.resume(returning: early)
        } else {
          submit()
        }
      }
    } onCancel: {
      _ = finish(.failure(.cancelled))
    }
    return try result.get()
  }
}
