package import AspenModel

/// What the API says of a stream's state.
package struct StreamView: Sendable, Hashable {
  package let phase: CameraPhase
  package let message: String
  package let status: StreamStatus?
  package let assignment: Assignment?
  /// Why it is where it is, or why it is nowhere.
  package let placement: String
  package let viewers: Int
  package let conditions: [Condition]
  /// The generation of the spec by which it runs, or by which nothing runs; nil while nobody knows.
  package let observedGeneration: Int64?

  /// A view of its parts. `status` is nil when no worker has reported at this generation.
  package init(
    phase: CameraPhase, message: String, status: StreamStatus? = nil,
    assignment: Assignment? = nil, placement: String, viewers: Int = 0,
    conditions: [Condition] = [], observedGeneration: Int64? = nil
  ) {
    self.phase = phase
    self.message = message
    self.status = status
    self.assignment = assignment
    self.placement = placement
    self.viewers = viewers
    self.conditions = conditions
    self.observedGeneration = observedGeneration
  }

  /// The same state as that of its camera, whose spec has a generation of its own.
  package func ofCamera(observedGeneration: Int64?) -> StreamView {
    StreamView(
      phase: phase, message: message, status: status, assignment: assignment,
      placement: placement, viewers: viewers, conditions: conditions,
      observedGeneration: observedGeneration)
  }

  /// What a camera's and a stream's status have in common.
  package var sourceMembers: [(String, JSONValue?)] {
    [
      ("observed_generation", observedGeneration.map { .integer($0) }),
      ("phase", .string(phase.rawValue)), ("fault", status?.fault.map { .string($0.rawValue) }),
      ("message", .string(message)), ("conditions", .array(conditions.map(\.json))),
      ("codec", status?.codec.map { .string($0) }),
      ("width", status?.width.map { .integer(Int64($0)) }),
      ("height", status?.height.map { .integer(Int64($0)) }),
      ("source_fps", status?.sourceFramesPerSecond.map { .number(($0 * 100).rounded() / 100) }),
    ]
  }

  /// What a stream's status has besides.
  package var placementMembers: [(String, JSONValue?)] {
    [
      ("worker", assignment.map { .string($0.workerName.text) }),
      ("assignment_generation", assignment.map { .integer($0.generation) }),
      ("reason", .string(placement)), ("viewers", .integer(Int64(viewers))),
      ("frames_encoded", status.map { .integer($0.framesEncoded) }),
      ("reconnects", status.map { .integer($0.reconnects) }),
    ]
  }
}

/// What the API says of a worker's state.
package struct WorkerView: Sendable, Hashable {
  package let phase: WorkerPhase
  package let message: String
  package let capacityStreams: Int
  /// How many streams it has.
  package let streamCount: Int
  package let version: String
  package let lastSeenAt: Timestamp?
  package let conditions: [Condition]
  /// The generation of the spec by which the scheduler treats it; nil before it has looked.
  package let observedGeneration: Int64?
  /// What its machine has and can do, by its own words; nil before it has said so.
  package let resources: WorkerResources?

  /// A view of its parts.
  package init(
    phase: WorkerPhase, message: String, capacityStreams: Int, streamCount: Int, version: String,
    lastSeenAt: Timestamp?, conditions: [Condition], observedGeneration: Int64?,
    resources: WorkerResources? = nil
  ) {
    self.resources = resources
    self.phase = phase
    self.message = message
    self.capacityStreams = capacityStreams
    self.streamCount = streamCount
    self.version = version
    self.lastSeenAt = lastSeenAt
    self.conditions = conditions
    self.observedGeneration = observedGeneration
  }

  /// The members of a worker's status.
  package var members: [(String, JSONValue?)] {
    [
      ("observed_generation", observedGeneration.map { .integer($0) }),
      ("phase", .string(phase.rawValue)), ("message", .string(message)),
      ("conditions", .array(conditions.map(\.json))),
      ("capacity_streams", .integer(Int64(capacityStreams))),
      ("streams", .integer(Int64(streamCount))), ("version", .string(version)),
      ("last_seen_at", lastSeenAt.map { .string($0.text) }), ("resources", resources?.json),
    ]
  }
}
