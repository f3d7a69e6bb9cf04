import AspenNet
import Synchronization

/// How a transaction sees the changes of others (PostgreSQL 13.2).
package enum PostgresIsolation: Sendable {
  case readCommitted
  case repeatableRead
  case serializable
  /// One consistent view, nothing written.
  case snapshot

  var begin: String {
    switch self {
    case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
    case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
    case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
    case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    }
  }
}

/// A running transaction. Statements of concurrent tasks are pipelined. Of use only inside the closure
/// that got it; later it answers `.unavailable`.
package final class PostgresTransaction: PostgresExecutor {
  struct State {
    var hasEnded = false
    /// A statement failed because of another transaction.
    var sawConflict = false
    /// The server was asked to cancel, which may hit whatever runs next in this session.
    var wasCancelled = false
  }

  let lease: PostgresLease
  private let pool: PostgresPool
  private let state = Mutex(State())

  init(_ lease: PostgresLease, pool: PostgresPool) {
    self.lease = lease
    self.pool = pool
  }

  /// Runs one statement of this transaction.
  package func query(
    _ sql: String, _ values: [PostgresValue]
  ) async throws(PostgresError) -> [PostgresRow] {
    try await run(PostgresRequest(sql, values, timeout: pool.limits.statementTimeout)).rows
  }

  /// Runs several statements, without parameters.
  func script(_ sql: String, timeout: Duration) async throws(PostgresError) {
    _ = try await run(PostgresRequest(sql, [], kind: .script, timeout: timeout))
  }

  /// Runs one statement with its own deadline. A cancelled task does not wait for the server, but the
  /// server is told to stop.
  func run(_ request: PostgresRequest) async throws(PostgresError) -> PostgresResult {
    if state.withLock({ $0.hasEnded }) { throw .unavailable("the transaction has ended") }
    do throws(PostgresError) {
      return try await request.answer {
        pool.submit(request, in: lease)
      } onCancel: { [self] in
        state.withLock { $0.wasCancelled = true }
        lease.connection.loop.execute { [lease] in
          lease.connection.cancelRunning(epoch: lease.place.epoch)
        }
      }
    } catch {
      if error.isTransient { state.withLock { $0.sawConflict = true } }
      throw error
    }
  }

  /// Commits. A statement that failed has made it a rollback, even if the body did not say so.
  func commit() async throws(PostgresError) {
    let request = PostgresRequest("COMMIT", [], timeout: pool.limits.statementTimeout)
    let result = await request.uninterruptedAnswer { pool.submit(request, in: lease) }
    do throws(PostgresError) {
      guard try result.get().tag == "COMMIT" else {
        throw PostgresError.server(
          sqlstate: "25P02", message: "the transaction was rolled back because a statement failed",
          constraint: nil, table: nil, column: nil)
      }
    } catch {
      if error.isTransient { state.withLock { $0.sawConflict = true } }
      throw error
    }
  }

  /// Undoes everything, whether the task is cancelled or not. What a lost connection leaves behind the
  /// server undoes by itself.
  func rollBack() async {
    let request = PostgresRequest("ROLLBACK", [], timeout: pool.limits.statementTimeout)
    _ = await request.uninterruptedAnswer { pool.submit(request, in: lease) }
  }

  /// Ends the use of this object; returns what happened to it.
  func end() -> State {
    state.withLock { state in
      state.hasEnded = true
      return state
    }
  }
}

extension PostgresPool {
  /// Runs `body` in a transaction on a connection of its own. An error or cancellation rolls it back and
  /// is thrown on; a conflict with other transactions (SQLSTATE 40001, 40P01) runs `body` again, a
  /// few times. When the connection breaks during COMMIT, `.unavailable` is thrown and it is unknown
  /// whether the transaction happened.
  ///
  /// A pool has one connection more than it has transactions at a time (if it has two); a body must not
  /// wait for another transaction of the same pool.
  package func transaction<T: Sendable>(
    isolation: PostgresIsolation = .readCommitted,
    _ body: (PostgresTransaction) async throws -> T
  ) async throws -> T {
    var attempt = 1
    while true {
      switch try await attemptTransaction(isolation, body) {
      case .success(let value): return value
      case .failure(let conflict):
        if attempt == limits.maxTransactionAttempts { throw conflict }
        try await pauseAfterConflict(attempt)
        attempt += 1
      }
    }
  }

  /// Success, or failure because of a conflict; any other failure is thrown.
  private func attemptTransaction<T: Sendable>(
    _ isolation: PostgresIsolation, _ body: (PostgresTransaction) async throws -> T
  ) async throws -> Result<T, any Error> {
    let lease = try await lease()
    let transaction = PostgresTransaction(lease, pool: self)
    do {
      _ = try await transaction.run(
        PostgresRequest(
          isolation.begin, [], kind: .begin, timeout: limits.statementTimeout))
      let value = try await body(transaction)
      try Task.checkCancellation()
      try await transaction.commit()
      end(lease, mustReplace: transaction.end().wasCancelled)
      return .success(value)
    } catch {
      let state = transaction.end()
      await transaction.rollBack()
      end(lease, mustReplace: state.wasCancelled)
      if state.sawConflict { return .failure(error) }
      throw error
    }
  }

  /// Longer after each attempt, and random, so that those in conflict do not meet again.
  private func pauseAfterConflict(_ attempt: Int) async throws {
    let longest = 5_000 << min(attempt, 6)
    try await Task.sleep(for: .microseconds(Int.random(in: 1_000...longest)))
  }
}
