package import AspenModel

/// How resources look in the API.
package enum ResourceView {
  /// A camera. `status` is that of its first stream.
  package static func camera(_ camera: Camera, status: StreamView, streams: [String]) -> JSONValue {
    resource(
      "camera", camera.metadata, spec: camera.spec.json,
      status: .object(
        compacting: status.sourceMembers + [("streams", .array(streams.map { .string($0) }))]))
  }

  /// A stream.
  package static func stream(_ stream: Stream, status: StreamView) -> JSONValue {
    resource(
      "stream", stream.metadata, spec: stream.spec.json,
      status: .object(compacting: status.sourceMembers + status.placementMembers))
  }

  /// A worker with its liveness and the number of its streams.
  package static func worker(
    _ worker: Worker, phase: WorkerPhase, streamCount: Int, lastSeenAt: Timestamp?
  ) -> JSONValue {
    resource(
      "worker", worker.metadata, spec: ["cordoned": .bool(worker.isCordoned)],
      status: .object(compacting: [
        ("phase", .string(phase.rawValue)),
        ("capacity_streams", .integer(Int64(worker.capacityStreams))),
        ("streams", .integer(Int64(streamCount))), ("version", .string(worker.version)),
        ("last_seen_at", lastSeenAt.map { .string($0.text) }),
      ]))
  }

  /// An assignment.
  package static func assignment(_ assignment: Assignment) -> JSONValue {
    [
      "kind": "assignment", "stream": .string(assignment.streamName.text),
      "worker": .string(assignment.workerName.text), "generation": .integer(assignment.generation),
      "reason": .string(assignment.reason), "assigned_at": .string(assignment.assignedAt.text),
    ]
  }

  /// A join token; `token` only in the answer to its creation.
  package static func joinToken(_ joinToken: JoinToken, token: Secret? = nil) -> JSONValue {
    var members =
      resource(
        "join_token", joinToken.metadata, spec: .object([]),
        status: .object(compacting: [
          ("expires_at", joinToken.expiresAt.map { .string($0.text) }),
          ("uses_remaining", joinToken.usesRemaining.map { .integer(Int64($0)) }),
        ])
      ).members ?? []
    if let token { members.append(.init("token", .string(token.revealed))) }
    return .object(members)
  }

  /// One page of a list.
  package static func page(_ items: [JSONValue], nextCursor: String?) -> JSONValue {
    .object(compacting: [
      ("items", .array(items)), ("next_cursor", nextCursor.map { .string($0) }),
    ])
  }

  private static func resource(
    _ kind: String, _ metadata: ResourceMetadata, spec: JSONValue, status: JSONValue
  ) -> JSONValue {
    [
      "kind": .string(kind), "id": .integer(metadata.id), "name": .string(metadata.name.text),
      "labels": metadata.labels.json, "generation": .integer(metadata.generation),
      "resource_version": .integer(metadata.resourceVersion),
      "created_at": .string(metadata.createdAt.text),
      "updated_at": .string(metadata.updatedAt.text), "spec": spec, "status": status,
    ]
  }
}

/// What the API says of a stream's state.
package struct StreamView: Sendable, Hashable {
  package let phase: CameraPhase
  package let message: String
  package let status: StreamStatus?
  package let assignment: Assignment?
  /// Why it is where it is, or why it is nowhere.
  package let placement: String
  package let viewers: Int

  /// A view of its parts. `status` is nil when no worker has reported at this generation.
  package init(
    phase: CameraPhase, message: String, status: StreamStatus? = nil,
    assignment: Assignment? = nil, placement: String, viewers: Int = 0
  ) {
    self.phase = phase
    self.message = message
    self.status = status
    self.assignment = assignment
    self.placement = placement
    self.viewers = viewers
  }

  var sourceMembers: [(String, JSONValue?)] {
    [
      ("phase", .string(phase.rawValue)), ("fault", status?.fault.map { .string($0.rawValue) }),
      ("message", .string(message)), ("codec", status?.codec.map { .string($0) }),
      ("width", status?.width.map { .integer(Int64($0)) }),
      ("height", status?.height.map { .integer(Int64($0)) }),
      ("source_fps", status?.sourceFramesPerSecond.map { .number(($0 * 100).rounded() / 100) }),
    ]
  }

  var placementMembers: [(String, JSONValue?)] {
    [
      ("worker", assignment.map { .string($0.workerName.text) }),
      ("assignment_generation", assignment.map { .integer($0.generation) }),
      ("reason", .string(placement)), ("viewers", .integer(Int64(viewers))),
      ("frames_encoded", status.map { .integer($0.framesEncoded) }),
      ("reconnects", status.map { .integer($0.reconnects) }),
    ]
  }
}
