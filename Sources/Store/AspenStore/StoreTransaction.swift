import AspenModel
package import AspenPostgres
import Synchronization

/// A transaction that changes things.
///
/// Its first change locks the row of `revision` until the end, so that writers follow each other and
/// revisions are committed in order and without gaps; it also means that writers cannot deadlock. What
/// changed is noted here and written to the feed, the history and the audit at the end, in a number of
/// statements that does not depend on the number of changes.
package final class StoreTransaction: PostgresExecutor {
  private struct State {
    /// The newest revision in the feed: what it was when the row was locked, and what `fed` has added.
    var base: Int64?
    var isFed = false
    var changes: [RecordedChange] = []
  }

  private let transaction: PostgresTransaction
  private let origin: ChangeOrigin?
  private let longestTurn: Duration
  private let state = Mutex(State())

  init(_ transaction: PostgresTransaction, origin: ChangeOrigin?, longestTurn: Duration) {
    self.transaction = transaction
    self.longestTurn = longestTurn
    self.origin = origin
  }

  /// Runs one statement of this transaction.
  package func query(
    _ sql: String, _ values: [PostgresValue]
  ) async throws(PostgresError) -> [PostgresRow] {
    try await transaction.query(sql, values)
  }

  /// Waits until no other writer is under way. What is read from then on stays as it is until the end.
  package func takeTurn() async throws(StoreError) {
    _ = try await nextRevision()
  }

  /// Takes the turn, if this leader still leads. Throws `.notLeader`.
  func lead(_ claim: LeadershipClaim) async throws(StoreError) {
    try await takeTurn()
    try await LeadershipQueries.check(self, claim)
  }

  /// The newest revision, with the changes of this transaction so far. Waits until no other writer is under
  /// way.
  package func newestRevision() async throws(StoreError) -> Int64 {
    try await nextRevision() - 1
  }

  /// The revision that the next recorded change gets. Waits until no other writer is under way.
  func nextRevision() async throws(StoreError) -> Int64 {
    if let next = state.withLock({ state in state.base.map { $0 + Int64(state.changes.count) + 1 } }
    ) {
      return next
    }
    let milliseconds = Int(longestTurn / .milliseconds(1))
    let base = try await one(ChangeFeedSQL.lockRevision, [.text("\(milliseconds)ms")]) {
      row throws(StoreError) in try row.int("value")
    }
    guard let base else { throw .corrupt("the table revision is empty") }
    state.withLock { $0.base = base }
    return base + 1
  }

  /// Notes a change that was made with the revision of `nextRevision`.
  func record(_ change: RecordedChange) {
    state.withLock { $0.changes.append(change) }
  }

  /// Whether the changes are those of somebody who is named in the audit.
  var isAudited: Bool { origin != nil }

  /// A statement has written `count` changes to the feed itself, from `nextRevision` on. `audited` are the same
  /// for the audit, if there is one.
  func fed(count: Int, _ audited: [RecordedChange]) async throws(StoreError) {
    state.withLock { state in
      precondition(state.changes.isEmpty, "changes that come before must be in the feed before")
      state.base = state.base.map { $0 + Int64(count) }
      state.isFed = true
    }
    if let origin { try await AuditQueries.append(self, audited, origin) }
  }

  /// Writes the changes to the feed, the history and the audit, and announces the newest revision.
  func publish() async throws(StoreError) {
    let (base, changes, isFed) = state.withLock { ($0.base, $0.changes, $0.isFed) }
    guard let base, isFed || !changes.isEmpty else { return }
    try await HistoryQueries.append(self, changes, after: base, actor: origin?.actor ?? .system)
    if let origin { try await AuditQueries.append(self, changes, origin) }
    _ = try await one(
      ChangeFeedSQL.publish,
      [
        .int(base), .int(base + Int64(changes.count)), .textArray(changes.map(\.kind.rawValue)),
        .intArray(changes.map(\.id)), .textArray(changes.map(\.name)),
        .textArray(changes.map(\.operation.rawValue)), .textArray(changes.map(\.object)),
        .textArray(changes.map { $0.labels ?? "" }),
        .textArray(changes.map { $0.previousLabels ?? "" }),
        .textArray(changes.map { $0.cameraLabels ?? "" }),
        .textArray(changes.map { $0.previousCameraLabels ?? "" }), .text(Store.changesChannel),
      ]
    ) { _ in }
  }
}
