package import AspenPostgres

/// Which controller leads, by the database's clock.
package enum LeadershipQueries {
  /// The channel on which a leader announces that it has given leadership back.
  package static let channel = "aspen_leadership"

  /// Takes leadership over if nobody has it, its lease has ended, or the holder is the one who asks, whose
  /// earlier answer was lost. The new epoch is durable before it is returned. A lease that has not ended
  /// costs one read. Throws `StoreError`.
  package static func acquire(
    _ store: Store, holder: String, lease: Duration
  ) async throws -> LeadershipAnswer {
    let state = try await store.pool.one(LeadershipSQL.look, [.text(holder)]) {
      row throws(StoreError) in
      (
        isOpen: try row.bool("is_open"),
        remaining: Duration.milliseconds(try row.int("remaining_ms"))
      )
    }
    guard let state else { throw StoreError.corrupt("the table leadership is empty") }
    guard state.isOpen else { return .follows(remaining: state.remaining) }
    let epoch = try await store.write { transaction in
      // Writers of the epoch before end first; those that come after are refused.
      try await transaction.takeTurn()
      return try await transaction.one(
        LeadershipSQL.take, [.text(holder), .double(lease.seconds)]
      ) { row throws(StoreError) in try row.int("epoch") }
    }
    return epoch.map { .leads(epoch: $0) } ?? .follows(remaining: .zero)
  }

  /// Extends the lease of an epoch, also one that has ended if nobody has taken over. Is not waited for until
  /// it is on disk: one that is lost makes the lease end early, which is harmless.
  package static func renew(
    _ executor: some PostgresExecutor, _ claim: LeadershipClaim, lease: Duration
  ) async throws(StoreError) -> LeadershipAnswer {
    let remaining = try await executor.one(
      LeadershipSQL.renew, [.text(claim.holder), .int(claim.epoch), .double(lease.seconds)]
    ) { row throws(StoreError) in
      (
        isRenewed: try row.bool("is_renewed"),
        remaining: Duration.milliseconds(try row.int("remaining_ms"))
      )
    }
    guard let remaining else { throw .corrupt("the table leadership is empty") }
    return remaining.isRenewed
      ? .leads(epoch: claim.epoch) : .follows(remaining: remaining.remaining)
  }

  /// Gives leadership back and tells the others, unless another has it already.
  package static func release(
    _ executor: some PostgresExecutor, _ claim: LeadershipClaim
  ) async throws(StoreError) {
    _ = try await executor.all(
      LeadershipSQL.release, [.text(claim.holder), .int(claim.epoch), .text(channel)]
    ) { _ in }
  }

  /// Who leads. One whose lease has ended counts until another takes over.
  package static func current(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> LeadershipRecord {
    let record = try await executor.one(LeadershipSQL.current) { row throws(StoreError) in
      LeadershipRecord(holder: try row.optionalText("holder"), epoch: try row.int("epoch"))
    }
    guard let record else { throw .corrupt("the table leadership is empty") }
    return record
  }

  /// Throws `.notLeader` unless the claim holds. The caller has the turn, so that it holds until the end.
  static func check(
    _ transaction: StoreTransaction, _ claim: LeadershipClaim
  ) async throws(StoreError) {
    let isHeld = try await transaction.one(
      LeadershipSQL.check, [.text(claim.holder), .int(claim.epoch)]
    ) { row throws(StoreError) in try row.bool("is_held") }
    if isHeld != true { throw .notLeader(epoch: claim.epoch) }
  }
}

extension Duration {
  /// Seconds with a fraction, as PostgreSQL takes them.
  fileprivate var seconds: Double { self / .seconds(1) }
}
