import AspenModel
import AspenPostgres

/// An assignment with what the feed of changes tells besides. Labels are JSON text and only pass through.
struct AssignmentRow: Sendable {
  let assignment: Assignment
  let labels: String
  let cameraLabels: String

  init(_ row: StoredRow) throws(StoreError) {
    assignment = try AssignmentQueries.assignment(row)
    labels = try row.text("labels")
    cameraLabels = try row.text("camera_labels")
  }

  /// The change that removes it.
  var removal: RecordedChange {
    let text = assignment.feedObject.serializedText
    var change = RecordedChange(
      kind: .assignment, id: assignment.streamID, name: assignment.streamName.text,
      operation: .deleted, object: text, labels: labels, cameraLabels: cameraLabels)
    change.previousLabels = labels
    change.previousCameraLabels = cameraLabels
    change.audit = RecordedChange.Audit(before: text, after: nil)
    return change
  }
}

extension Assignment {
  /// The assignment as the feed of changes tells it.
  fileprivate var feedObject: JSONValue {
    .object(compacting: [
      ("kind", "assignment"), ("id", .integer(streamID)), ("stream", .string(streamName.text)),
      ("worker", .string(workerName.text)), ("generation", .integer(generation)),
      ("reason", .string(reason)),
      ("previous_worker", previous.map { .string($0.workerName.text) }),
    ])
  }
}

extension AssignmentQueries {
  /// Removes the assignments of these streams, each with its entry in the feed.
  static func remove(
    _ transaction: StoreTransaction, ofStreams ids: [Int64]
  ) async throws(StoreError) {
    if ids.isEmpty { return }
    try await remove(
      transaction,
      try await transaction.all(AssignmentSQL.ofStreamsWithLabels, [.intArray(ids)], row))
  }

  /// Removes the assignments of a worker, each with its entry in the feed.
  static func remove(
    _ transaction: StoreTransaction, ofWorker id: Int64
  ) async throws(StoreError) {
    try await remove(
      transaction, try await transaction.all(AssignmentSQL.ofWorkerWithLabels, [.int(id)], row))
  }

  private static func row(_ row: StoredRow) throws(StoreError) -> AssignmentRow {
    try AssignmentRow(row)
  }

  private static func remove(
    _ transaction: StoreTransaction, _ rows: [AssignmentRow]
  ) async throws(StoreError) {
    if rows.isEmpty { return }
    _ = try await transaction.nextRevision()
    _ = try await transaction.all(
      AssignmentSQL.unassign, [.intArray(rows.map(\.assignment.streamID))]
    ) { _ in }
    for row in rows { transaction.record(row.removal) }
  }
}
