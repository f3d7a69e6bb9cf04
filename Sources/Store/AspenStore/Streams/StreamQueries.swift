package import AspenModel
package import AspenPostgres

/// Streams with their cameras' numbers. `ResourceQueries` creates, changes and lists them.
package enum StreamQueries {
  /// A stream by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> Stream {
    guard let stream = try await executor.one(StreamSQL.get, [.text(name.text)], stream) else {
      throw .notFound(.stream)
    }
    return stream
  }

  /// The streams of several cameras in the order of their names, at most `limit`.
  package static func list(
    _ executor: some PostgresExecutor, ofCameras ids: [Int64], limit: Int = ListRequest.maxLimit
  ) async throws(StoreError) -> [Stream] {
    if ids.isEmpty { return [] }
    return try await executor.all(
      StreamSQL.ofCameras, [.intArray(ids), .int(Int64(limit))], stream)
  }

  static func stream(_ row: StoredRow) throws(StoreError) -> Stream {
    Stream(
      metadata: try row.metadata(), spec: try StreamSpec(stored: row.json("spec")),
      cameraID: try row.int("camera_id"))
  }
}
