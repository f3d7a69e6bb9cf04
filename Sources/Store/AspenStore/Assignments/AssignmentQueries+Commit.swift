package import AspenModel
import AspenPostgres

extension AssignmentQueries {
  /// The most steps of one transaction: other writers wait for it, some tenths of a second.
  package static let maxSteps = 5_000

  /// Carries out a plan of any length as the leader, in transactions of `stepsAtOnce`. Streams that leave
  /// a worker come first: one who goes on from the middle of a plan finds workers with too much room rather
  /// than too many streams. Throws what `carryOut(_:_:)` throws; what was committed before that stays.
  package static func carryOut(
    _ store: Store, _ plan: [PlannedChange], as claim: LeadershipClaim,
    stepsAtOnce: Int = maxSteps
  ) async throws {
    let steps =
      plan.filter { $0.expectedGeneration != 0 } + plan.filter { $0.expectedGeneration == 0 }
    for start in stride(from: 0, to: steps.count, by: stepsAtOnce) {
      let batch = Array(steps[start...].prefix(stepsAtOnce))
      try await store.write(leader: claim) { transaction in try await carryOut(transaction, batch) }
    }
  }

  /// Carries out a plan, all of it or nothing, with a revision for each step. A stream occurs once in a
  /// plan. Throws `.stale` when an assignment or stream is not as the plan expects, and
  /// `.missingReference(.worker)` when a worker is gone.
  package static func carryOut(
    _ transaction: StoreTransaction, _ plan: [PlannedChange]
  ) async throws(StoreError) {
    precondition(Set(plan.map(\.streamID)).count == plan.count, "a stream occurs twice in a plan")
    if plan.isEmpty { return }
    let first = try await transaction.nextRevision()
    let streams = PostgresValue.intArray(plan.map(\.streamID))
    let expected = PostgresValue.intArray(plan.map(\.expectedGeneration))
    try await check(transaction, streams, expected)
    let audited = try await transaction.all(
      AssignmentSQL.carryOut,
      [
        streams, .intArray(plan.map(\.workerID)), expected, .textArray(plan.map(\.reason)),
        .int(first - 1), .bool(transaction.isAudited), .intArray(plan.map { $0.handsOver ? 1 : 0 }),
      ], change)
    try await transaction.fed(count: plan.count, audited)
  }

  /// The same; returns the placements in the order of the streams' names.
  package static func commit(
    _ transaction: StoreTransaction, _ plan: [PlannedChange]
  ) async throws(StoreError) -> [Assignment] {
    try await carryOut(transaction, plan)
    let placed = plan.filter { $0.workerID > 0 }.map(\.streamID)
    return try await transaction.all(AssignmentSQL.ofStreams, [.intArray(placed)], assignment)
  }

  /// Throws `.stale` unless all streams of the plan are as it expects. They stay so until the end, since this
  /// transaction is the only writer.
  private static func check(
    _ transaction: StoreTransaction, _ streams: PostgresValue, _ expected: PostgresValue
  ) async throws(StoreError) {
    let stale = try await transaction.all(AssignmentSQL.stale, [streams, expected]) {
      row throws(StoreError) in try row.int("stream_id")
    }
    if !stale.isEmpty { throw .stale(streamIDs: stale.sorted()) }
  }

  /// A step for the audit.
  private static func change(_ row: StoredRow) throws(StoreError) -> RecordedChange {
    let (before, after) = (try row.optionalText("before"), try row.optionalText("after"))
    var change = RecordedChange(
      kind: .assignment, id: try row.int("stream_id"), name: try row.text("name"),
      operation: try row.choice("operation", of: ChangeOperation.self),
      object: after ?? before ?? "")
    change.audit = RecordedChange.Audit(before: before, after: after)
    return change
  }
}
