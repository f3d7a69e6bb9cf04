package import AspenModel

/// One aspect of a thing's state, for clients that wait for it: the type and the reason are stable
/// words, the message is for people.
package struct Condition: Sendable, Hashable {
  /// Which aspect.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A worker that is heard of has the stream.
    case placed = "Placed"
    /// Packets of the camera arrive.
    case streaming = "Streaming"
    /// The worker is connected.
    case ready = "Ready"
  }

  /// Whether it holds.
  package enum Status: String, Sendable, Hashable, CaseIterable {
    case holds = "true"
    case fails = "false"
    case unknown
  }

  package let kind: Kind
  package let status: Status
  package let reason: ConditionReason
  package let message: String
  /// When the status last changed, as far as this controller has seen it.
  package let since: Timestamp?

  /// A condition of its parts.
  package init(
    kind: Kind, status: Status, reason: ConditionReason, message: String, since: Timestamp?
  ) {
    self.kind = kind
    self.status = status
    self.reason = reason
    self.message = message
    self.since = since
  }

  /// The condition in a status.
  package var json: JSONValue {
    .object(compacting: [
      ("type", .string(kind.rawValue)), ("status", .string(status.rawValue)),
      ("reason", .string(reason.text)), ("message", .string(message)),
      ("since", since.map { .string($0.text) }),
    ])
  }
}

/// Why a condition is as it is: one stable word.
package struct ConditionReason: Sendable, Hashable {
  /// The word, in CamelCase.
  package let text: String

  private init(_ text: String) {
    self.text = text
  }

  /// A camera's fault: `host_not_found` becomes `HostNotFound`.
  package init(_ fault: CameraFault) {
    text = fault.rawValue.split(separator: "_")
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// A living worker has the stream.
  package static let assigned = ConditionReason("Assigned")
  /// The stream runs on a draining worker, since no other can take it.
  package static let workerDraining = ConditionReason("WorkerDraining")
  /// The worker is not heard of any more.
  package static let workerLost = ConditionReason("WorkerLost")
  /// The worker has a moment to come back.
  package static let workerExpected = ConditionReason("WorkerExpected")
  /// No worker can take the stream now.
  package static let noFeasibleWorker = ConditionReason("NoFeasibleWorker")
  /// The scheduler has not looked at the stream yet.
  package static let pending = ConditionReason("Pending")
  /// The stream is not enabled.
  package static let disabled = ConditionReason("Disabled")
  /// It goes as soon as it has stopped.
  package static let deletionRequested = ConditionReason("DeletionRequested")
  /// The camera has no stream.
  package static let noStream = ConditionReason("NoStream")
  /// No worker has the stream.
  package static let notPlaced = ConditionReason("NotPlaced")
  /// The worker opens the camera.
  package static let connecting = ConditionReason("Connecting")
  /// Packets arrive.
  package static let receiving = ConditionReason("Receiving")
  /// The worker does not read the camera, for no fault of it.
  package static let stopped = ConditionReason("Stopped")
  /// The worker has a live connection.
  package static let connected = ConditionReason("Connected")
}
