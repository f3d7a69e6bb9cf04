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
    try await check(transaction, plan)
    var placements = Placements()
    var removed: [Int64] = []
    for (index, change) in plan.enumerated() {
      switch change {
      case .place(let streamID, let workerID, _, let reason):
        placements.append(
          stream: streamID, worker: workerID, reason: reason, revision: first + Int64(index))
      case .unassign(let streamID, _):
        removed.append(streamID)
      }
    }
    let before = try await rows(transaction, plan.map(\.streamID))
    let missing = removed.filter { before[$0] == nil }
    if !missing.isEmpty { throw .stale(streamIDs: missing.sorted()) }
    if !removed.isEmpty {
      _ = try await transaction.all(AssignmentSQL.unassign, [.intArray(removed)]) { _ in }
    }
    if !placements.streams.isEmpty {
      _ = try await transaction.all(AssignmentSQL.place, placements.values) { _ in }
    }
    let after = try await rows(transaction, placements.streams)
    for change in plan {
      let previous = before[change.streamID]
      if let placed = after[change.streamID] {
        transaction.record(
          placed.change(previous == nil ? .created : .updated, from: previous?.assignment))
      } else if let previous {
        transaction.record(previous.change(.deleted))
      }
    }
    return after.values.map(\.assignment).sorted { $0.streamName < $1.streamName }
  }

  private static func rows(
    _ transaction: StoreTransaction, _ streamIDs: [Int64]
  ) async throws(StoreError) -> [Int64: AssignmentRow] {
    if streamIDs.isEmpty { return [:] }
    let rows = try await transaction.all(AssignmentSQL.ofStreams, [.intArray(streamIDs)], row)
    return Dictionary(rows.map { ($0.assignment.streamID, $0) }, uniquingKeysWith: { $1 })
  }

  /// Throws `.stale` unless all streams of the plan are as it expects. They stay so until the end, since this
  /// transaction is the only writer.
  private static func check(
    _ transaction: StoreTransaction, _ plan: [PlannedChange]
  ) async throws(StoreError) {
    let stale = try await transaction.all(
      AssignmentSQL.stale,
      [.intArray(plan.map(\.streamID)), .intArray(plan.map(\.expectedGeneration))]
    ) { row throws(StoreError) in try row.int("stream_id") }
    if !stale.isEmpty { throw .stale(streamIDs: stale.sorted()) }
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
