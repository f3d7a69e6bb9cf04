/// A stream on a worker. Its generation only grows: the fence against two owners.
package struct Assignment: Sendable, Hashable {
  package let streamID: Int64
  package let streamName: ObjectName
  package let workerID: Int64
  package let workerName: ObjectName
  package let generation: Int64
  /// Why the scheduler chose this worker, in words.
  package let reason: String
  package let assignedAt: Timestamp
  /// While the stream is handed over: who runs it on until its worker has pictures.
  package let previous: Owner?

  /// A worker that has a stream at a generation.
  package struct Owner: Sendable, Hashable {
    package let workerID: Int64
    package let workerName: ObjectName
    package let generation: Int64

    /// An owner of its parts.
    package init(workerID: Int64, workerName: ObjectName, generation: Int64) {
      self.workerID = workerID
      self.workerName = workerName
      self.generation = generation
    }
  }

  /// Its worker at its generation.
  package var owner: Owner {
    Owner(workerID: workerID, workerName: workerName, generation: generation)
  }

  /// A stored assignment.
  package init(
    streamID: Int64, streamName: ObjectName, workerID: Int64, workerName: ObjectName,
    generation: Int64, reason: String, assignedAt: Timestamp, previous: Owner? = nil
  ) {
    self.streamID = streamID
    self.streamName = streamName
    self.workerID = workerID
    self.workerName = workerName
    self.generation = generation
    self.reason = reason
    self.assignedAt = assignedAt
    self.previous = previous
  }
}
