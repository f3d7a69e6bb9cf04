package import AspenModel
package import AspenPostgres

/// Streams: desired processing of cameras.
package enum StreamQueries {
  /// Adds a stream. Throws `.conflict(.nameTaken)`, or `.missingReference(.camera)`.
  package static func create(
    _ transaction: StoreTransaction, name: ObjectName, labels: Labels, spec: StreamSpec
  ) async throws(StoreError) -> Stream {
    let revision = try await transaction.nextRevision()
    let stream = try await transaction.one(
      StreamSQL.insert,
      [
        .text(name.text), .json(labels.json.serializedText), .json(spec.json.serializedText),
        .text(spec.camera.text), .int(revision),
      ], stream)
    guard let stream else { throw .missingReference(.camera) }
    transaction.record(.stream, id: stream.metadata.id, name: name.text, .created)
    return stream
  }

  /// A stream by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> Stream {
    guard let stream = try await executor.one(StreamSQL.get, [.text(name.text)], stream) else {
      throw .notFound(.stream)
    }
    return stream
  }

  /// Streams in the order of their names; of one camera, or of all.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest, camera: ObjectName? = nil
  ) async throws(StoreError) -> Page<Stream> {
    try await executor.page(
      StreamSQL.list, request, [.optional(camera?.text)], name: { $0.metadata.name }, stream)
  }

  /// Changes a stream, if it has the expected version; nil leaves as it is. Its generation grows when the
  /// spec changes. Throws `.notFound`, `.conflict(.versionMismatch)` or `.missingReference(.camera)`.
  package static func update(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil,
    labels: Labels? = nil, spec: StreamSpec? = nil
  ) async throws(StoreError) -> Stream {
    let revision = try await transaction.nextRevision()
    var cameraID: Int64?
    if let spec {
      cameraID = try await transaction.one(StreamSQL.cameraID, [.text(spec.camera.text)]) {
        row throws(StoreError) in try row.int("id")
      }
      if cameraID == nil { throw .missingReference(.camera) }
    }
    let stream = try await transaction.one(
      StreamSQL.update,
      [
        .text(name.text), .optional(expectedVersion),
        labels.map { .json($0.json.serializedText) } ?? .null,
        spec.map { .json($0.json.serializedText) } ?? .null, .optional(cameraID), .int(revision),
      ], stream)
    guard let stream else {
      throw try await transaction.absence(
        of: .stream, in: "streams", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.stream, id: stream.metadata.id, name: name.text, .updated)
    return stream
  }

  /// Removes a stream and its assignment. Throws `.notFound` or `.conflict(.versionMismatch)`.
  package static func delete(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil
  ) async throws(StoreError) {
    _ = try await transaction.nextRevision()
    let values: [PostgresValue] = [.text(name.text), .optional(expectedVersion)]
    let deleted = try await transaction.one(StreamSQL.delete, values) { row throws(StoreError) in
      (id: try row.int("id"), wasAssigned: try row.bool("was_assigned"))
    }
    guard let deleted else {
      throw try await transaction.absence(
        of: .stream, in: "streams", name: name.text, expectedVersion: expectedVersion)
    }
    if deleted.wasAssigned {
      transaction.record(.assignment, id: deleted.id, name: name.text, .deleted)
    }
    transaction.record(.stream, id: deleted.id, name: name.text, .deleted)
  }

  static func stream(_ row: StoredRow) throws(StoreError) -> Stream {
    Stream(
      metadata: try row.metadata(), spec: try spec(row, "spec"), cameraID: try row.int("camera_id"))
  }

  static func spec(_ row: StoredRow, _ column: String) throws(StoreError) -> StreamSpec {
    let json = try row.json(column)
    return try row.valid(column) { () throws(ValidationError) in
      try StreamSpec(json: json, at: "/" + column)
    }
  }
}
