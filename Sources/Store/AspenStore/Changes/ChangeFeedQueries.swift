import AspenModel
package import AspenPostgres

/// The feed of changes: one entry for each revision.
package enum ChangeFeedQueries {
  /// The most entries of one page; more than a writer makes in a second.
  package static let maxPage = 1_000

  /// The newest revision.
  package static func newestRevision(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> Int64 {
    let value = try await executor.one(ChangeFeedSQL.newestRevision) { row throws(StoreError) in
      try row.int("value")
    }
    guard let value else { throw .corrupt("the table revision is empty") }
    return value
  }

  /// The changes after a revision, oldest first, at most `limit`. Throws `.revisionGone` when some of them
  /// were trimmed, or when the revision is one that the database never had (it was restored).
  package static func changes(
    _ executor: some PostgresExecutor, after revision: Int64, limit: Int = maxPage
  ) async throws(StoreError) -> ChangePage {
    var changes: [Change] = []
    var newest: Int64 = 0
    var trimmedThrough: Int64 = 0
    let limit = Int64(min(max(limit, 1), maxPage))
    let rows = try await executor.all(ChangeFeedSQL.changes, [.int(revision), .int(limit)]) { $0 }
    for row in rows {
      newest = try row.int("newest")
      trimmedThrough = try row.int("trimmed_through")
      if try !row.isNull("revision") { changes.append(try change(row)) }
    }
    guard (trimmedThrough...newest).contains(revision) else {
      throw .revisionGone(oldest: trimmedThrough, newest: newest)
    }
    return ChangePage(changes: changes, newest: newest)
  }

  /// Forgets entries that are older than `age`, and all but the newest `count`. Returns the newest
  /// revision that is gone.
  @discardableResult
  package static func trim(
    _ executor: some PostgresExecutor, olderThan age: Duration, keepingAtMost count: Int
  ) async throws(StoreError) -> Int64 {
    let seconds = Double(age.components.seconds)
    let through = try await executor.one(
      ChangeFeedSQL.trim, [.double(seconds), .int(Int64(count))]
    ) { row throws(StoreError) in try row.int("trimmed_through") }
    return through ?? 0
  }

  private static func change(_ row: StoredRow) throws(StoreError) -> Change {
    Change(
      revision: try row.int("revision"), kind: try row.choice("kind", of: ResourceKind.self),
      objectID: try row.int("object_id"), objectName: try row.name("object_name"),
      operation: try row.choice("operation", of: ChangeOperation.self),
      at: try row.timestamp("at"), object: try row.optionalJSON("object"),
      labels: try row.optionalLabels("labels"),
      previousLabels: try row.optionalLabels("previous_labels"),
      cameraLabels: try row.optionalLabels("camera_labels"),
      previousCameraLabels: try row.optionalLabels("previous_camera_labels"))
  }
}
