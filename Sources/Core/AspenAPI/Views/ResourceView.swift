package import AspenModel

/// How resources look in the API.
package enum ResourceView {
  /// An assignment.
  package static func assignment(_ assignment: Assignment) -> JSONValue {
    .object(compacting: [
      ("kind", "assignment"), ("stream", .string(assignment.streamName.text)),
      ("worker", .string(assignment.workerName.text)),
      ("generation", .integer(assignment.generation)), ("reason", .string(assignment.reason)),
      ("assigned_at", .string(assignment.assignedAt.text)),
      ("previous_worker", assignment.previous.map { .string($0.workerName.text) }),
    ])
  }
}
