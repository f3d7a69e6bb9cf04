package import AspenModel
import AspenPostgres

extension AssignmentQueries {
  /// Carries out a plan, all of it or nothing, with a revision for each step. A stream occurs once in a
  /// plan. Returns the placements. Throws `.stale` when an assignment or stream is not as the plan expects,
  /// and `.missingReference(.worker)` when a worker is gone.
  package static func commit(
    _ transaction: StoreTransaction, _ plan: [PlannedChange]
  ) async throws(StoreError) -> [Assignment] {
    precondition(Set(plan.map(\.streamID)).count == plan.count, "a stream occurs twice in a plan")
    if plan.isEmpty { return [] }
    let first = try await transaction.nextRevision()
    let names = try await checkedNames(transaction, plan)
    var placements = Placements()
    var removed: [Int64] = []
    for (index, change) in plan.enumerated() {
      let operation: ChangeOperation
      switch change {
      case .place(let streamID, let workerID, let expected, let reason):
        placements.append(
          stream: streamID, worker: workerID, reason: reason, revision: first + Int64(index))
        operation = expected == nil ? .created : .updated
      case .unassign(let streamID, _):
        removed.append(streamID)
        operation = .deleted
      }
      transaction.record(
        .assignment, id: change.streamID, name: names[change.streamID] ?? "", operation)
    }
    if !removed.isEmpty {
      _ = try await transaction.all(AssignmentSQL.unassign, [.intArray(removed)]) { _ in }
    }
    if placements.streams.isEmpty { return [] }
    _ = try await transaction.all(AssignmentSQL.place, placements.values) { _ in }
    return try await transaction.all(
      AssignmentSQL.ofStreams, [.intArray(placements.streams)], assignment)
  }

  /// The names of the plan's streams, all of which are as the plan expects. Holds until the end, since
  /// this transaction is the only writer.
  private static func checkedNames(
    _ transaction: StoreTransaction, _ plan: [PlannedChange]
  ) async throws(StoreError) -> [Int64: String] {
    var names: [Int64: String] = [:]
    var stale: [Int64] = []
    let rows = try await transaction.all(
      AssignmentSQL.check,
      [.intArray(plan.map(\.streamID)), .intArray(plan.map(\.expectedGeneration))]
    ) { row throws(StoreError) in
      (
        id: try row.int("stream_id"), name: try row.optionalText("name"),
        isAsExpected: try row.bool("is_as_expected")
      )
    }
    for row in rows {
      if row.isAsExpected, let name = row.name {
        names[row.id] = name
      } else {
        stale.append(row.id)
      }
    }
    if !stale.isEmpty { throw .stale(streamIDs: stale.sorted()) }
    return names
  }

  /// The placements of a plan, by column.
  private struct Placements {
    private(set) var streams: [Int64] = []
    private var workers: [Int64] = []
    private var reasons: [String] = []
    private var revisions: [Int64] = []

    mutating func append(stream: Int64, worker: Int64, reason: String, revision: Int64) {
      streams.append(stream)
      workers.append(worker)
      reasons.append(reason)
      revisions.append(revision)
    }

    var values: [PostgresValue] {
      [.intArray(streams), .intArray(workers), .textArray(reasons), .intArray(revisions)]
    }
  }
}
