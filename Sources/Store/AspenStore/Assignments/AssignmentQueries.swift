package import AspenModel
package import AspenPostgres

/// Which worker runs which stream.
package enum AssignmentQueries {
  /// All assignments, in the order of the streams' names.
  package static func list(
    _ executor: some PostgresExecutor
  ) async throws(StoreError) -> [Assignment] {
    try await executor.all(AssignmentSQL.list, [], assignment)
  }

  /// A stream's assignment, or nil.
  package static func get(
    _ executor: some PostgresExecutor, stream: ObjectName
  ) async throws(StoreError) -> Assignment? {
    try await executor.one(AssignmentSQL.get, [.text(stream.text)], assignment)
  }

  /// Everything that the scheduler decides from, as it was at one moment.
  package static func schedulingSnapshot(_ store: Store) async throws -> SchedulingSnapshot {
    try await store.snapshot { transaction in try await schedulingSnapshot(in: transaction) }
  }

  /// The same as a transaction sees it: that of a writer, or one that reads everything at one moment.
  package static func schedulingSnapshot(
    in transaction: some PostgresExecutor
  ) async throws(StoreError) -> SchedulingSnapshot {
    let revision = try await ChangeFeedQueries.newestRevision(transaction)
    let streams = try await transaction.all(AssignmentSQL.schedulableStreams) {
      row throws(StoreError) in
      SchedulableStream(
        stream: try StreamQueries.stream(row), cameraName: try row.name("camera_name"),
        cameraLabels: try row.labels("camera_labels"),
        cameraSpec: try CameraSpec(stored: row.json("camera_spec")),
        cameraGeneration: try row.int("camera_generation"),
        isDeletionRequested: try row.bool("is_deletion_requested"))
    }
    let cameras = try await transaction.all(AssignmentSQL.deletedCameras) {
      row throws(StoreError) in
      PendingCamera(id: try row.int("id"), name: try row.name("name"))
    }
    return SchedulingSnapshot(
      epoch: try await LeadershipQueries.current(transaction).epoch, revision: revision,
      streams: streams,
      workers: try await transaction.all(AssignmentSQL.workers, [], WorkerQueries.worker),
      assignments: try await list(transaction), deletedCameras: cameras,
      policies: try await policies(transaction))
  }

  private static func policies(
    _ transaction: some PostgresExecutor
  ) async throws(StoreError) -> [ObjectName: PlacementPolicy] {
    let rows = try await transaction.all(AssignmentSQL.sitesWithPolicies) {
      row throws(StoreError) in
      let json = try row.json("spec")
      let spec = try StoreError.checked { () throws(ValidationError) in try SiteSpec(json: json) }
      return (try row.name("name"), spec.placement)
    }
    return Dictionary(
      rows.compactMap { name, policy in policy.map { (name, $0) } }, uniquingKeysWith: { $1 })
  }

  /// Whether any of these streams is assigned.
  package static func exists(
    _ executor: some PostgresExecutor, ofStreams ids: [Int64]
  ) async throws(StoreError) -> Bool {
    let found = try await executor.one(AssignmentSQL.exists, [.intArray(ids)]) {
      row throws(StoreError) in try row.bool("exists")
    }
    return found ?? false
  }

  /// What one worker shall run, with the cameras' passwords: for that worker only.
  package static func desired(
    _ executor: some PostgresExecutor, workerID: Int64
  ) async throws(StoreError) -> DesiredAssignments {
    var epoch: Int64 = 0
    var revision: Int64 = 0
    var streams: [DesiredAssignment] = []
    let rows = try await executor.all(AssignmentSQL.desired, [.int(workerID)]) { $0 }
    for row in rows {
      epoch = try row.int("epoch")
      revision = try row.int("revision")
      if try !row.isNull("stream_id") { streams.append(try desiredAssignment(row)) }
    }
    return DesiredAssignments(epoch: epoch, revision: revision, streams: streams)
  }

  static func assignment(_ row: StoredRow) throws(StoreError) -> Assignment {
    Assignment(
      streamID: try row.int("stream_id"), streamName: try row.name("stream_name"),
      workerID: try row.int("worker_id"), workerName: try row.name("worker_name"),
      generation: try row.int("generation"), reason: try row.text("reason"),
      assignedAt: try row.timestamp("assigned_at"), previous: try previous(row))
  }

  private static func previous(_ row: StoredRow) throws(StoreError) -> Assignment.Owner? {
    guard let workerID = try row.optionalInt("previous_worker_id") else { return nil }
    return Assignment.Owner(
      workerID: workerID, workerName: try row.name("previous_worker_name"),
      generation: try row.int("previous_generation"))
  }

  private static func desiredAssignment(_ row: StoredRow) throws(StoreError) -> DesiredAssignment {
    DesiredAssignment(
      streamID: try row.int("stream_id"), streamName: try row.name("stream_name"),
      generation: try row.int("generation"), spec: try StreamSpec(stored: row.json("spec")),
      specGeneration: try row.int("spec_generation"), cameraID: try row.int("camera_id"),
      cameraSpec: try CameraSpec(stored: row.json("camera_spec")),
      cameraGeneration: try row.int("camera_generation"),
      sealedPassword: try row.sealed("credentials_sealed", key: "credentials_key"),
      legacyPassword: try row.optionalText("password").map { Secret($0) },
      isDeletionRequested: try row.bool("is_deletion_requested"))
  }
}
