import AspenModel
package import AspenPostgres
import Synchronization

/// A transaction that changes things.
///
/// Its first change locks the row of `revision` until the end, so that writers follow each other and
/// revisions are committed in order and without gaps; it also means that writers cannot deadlock. What
/// changed is noted here and written to the feed once, at the end.
package final class StoreTransaction: PostgresExecutor {
  private struct Change {
    let kind: ResourceKind
    let id: Int64
    let name: String
    let operation: ChangeOperation
  }

  private struct State {
    /// The newest revision when the row was locked.
    var base: Int64?
    var changes: [Change] = []
  }

  private let transaction: PostgresTransaction
  private let state = Mutex(State())

  init(_ transaction: PostgresTransaction) {
    self.transaction = transaction
  }

  /// Runs one statement of this transaction.
  package func query(
    _ sql: String, _ values: [PostgresValue]
  ) async throws(PostgresError) -> [PostgresRow] {
    try await transaction.query(sql, values)
  }

  /// The revision that the next recorded change gets. Waits until no other writer is under way.
  func nextRevision() async throws(StoreError) -> Int64 {
    if let next = state.withLock({ state in state.base.map { $0 + Int64(state.changes.count) + 1 } }
    ) {
      return next
    }
    let base = try await one(ChangeFeedSQL.lockRevision) { row throws(StoreError) in
      try row.int("value")
    }
    guard let base else { throw .corrupt("the table revision is empty") }
    state.withLock { $0.base = base }
    return base + 1
  }

  /// Notes a change that was made with the revision of `nextRevision`.
  func record(_ kind: ResourceKind, id: Int64, name: String, _ operation: ChangeOperation) {
    state.withLock { state in
      state.changes.append(Change(kind: kind, id: id, name: name, operation: operation))
    }
  }

  /// Writes the changes to the feed and announces the newest revision.
  func publish() async throws(StoreError) {
    let (base, changes) = state.withLock { ($0.base, $0.changes) }
    guard let base, !changes.isEmpty else { return }
    _ = try await one(
      ChangeFeedSQL.publish,
      [
        .int(base), .int(base + Int64(changes.count)), .textArray(changes.map(\.kind.rawValue)),
        .intArray(changes.map(\.id)), .textArray(changes.map(\.name)),
        .textArray(changes.map(\.operation.rawValue)), .text(Store.changesChannel),
      ]
    ) { _ in }
  }
}
