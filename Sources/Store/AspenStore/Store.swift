package import AspenPostgres

/// ASPEN's durable state.
///
/// Reads take any `PostgresExecutor`; changes need the transaction of `write`, which gives them their
/// revisions.
package final class Store: Sendable {
  /// The channel on which each write that changed something announces its newest revision.
  package static let changesChannel = "aspen_changes"

  /// How long a writer in its turn may do nothing. Then the server ends it, since all other writers wait: it was
  /// stopped, or is cut off.
  private let longestTurn: Duration
  /// The connections, for reads of one statement.
  package let pool: PostgresPool

  /// A store in the database of `pool`, whose schema is up to date.
  package init(pool: PostgresPool, longestTurn: Duration = .seconds(2)) {
    self.pool = pool
    self.longestTurn = longestTurn
  }

  /// Changes things in one transaction: all of it happens, with consecutive revisions, or nothing. `body`
  /// may run again after a conflict. With an `origin` each change is audited; without one it is the control
  /// plane's own. Throws `StoreError`, and what else `body` throws.
  ///
  /// With a `leader` nothing is done unless that claim holds at the moment of the write: `.notLeader`.
  ///
  /// A dry run runs `body` and returns its result, then undoes everything: nothing is announced.
  package func write<T: Sendable>(
    origin: ChangeOrigin? = nil, leader: LeadershipClaim? = nil, dryRun: Bool = false,
    _ body: (StoreTransaction) async throws -> T
  ) async throws -> T {
    try await translated {
      do {
        return try await pool.transaction { transaction in
          let write = StoreTransaction(
            transaction, origin: origin, longestTurn: longestTurn)
          if let leader { try await write.lead(leader) }
          let value = try await body(write)
          if dryRun { throw DryRunResult(value: value) }
          try await write.publish()
          return value
        }
      } catch let result as DryRunResult<T> {
        return result.value
      }
    }
  }

  /// Reads several things as they were at one moment.
  package func snapshot<T: Sendable>(
    _ body: (PostgresTransaction) async throws -> T
  ) async throws -> T {
    try await translated { try await pool.transaction(isolation: .snapshot, body) }
  }

  private func translated<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let error as PostgresError {
      throw StoreError(error)
    } catch is CancellationError {
      throw StoreError.cancelled
    }
  }
}

/// What a dry run found. An error, since that is how a transaction is told to undo everything.
private struct DryRunResult<T: Sendable>: Error {
  let value: T
}
