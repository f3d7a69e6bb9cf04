package import AspenModel

/// Everything that the scheduler decides from, as it was at one moment.
package struct SchedulingSnapshot: Sendable, Hashable {
  package let revision: Int64
  /// All streams, also those that are not enabled, in the order of their names.
  package let streams: [SchedulableStream]
  /// All workers, in the order of their names.
  package let workers: [Worker]
  /// All assignments, in the order of their streams' names.
  package let assignments: [Assignment]
}

/// A stream and what placing it depends on.
package struct SchedulableStream: Sendable, Hashable {
  package let stream: Stream
  package let cameraName: ObjectName
  package let cameraLabels: Labels
  package let cameraSpec: CameraSpec
  /// The generation of the newest assignment that the stream ever had; 0 before the first.
  package let lastGeneration: Int64
}

/// What one worker shall run.
package struct DesiredAssignments: Sendable, Hashable {
  /// The newest revision when this was read.
  package let revision: Int64
  /// In the order of the streams' names.
  package let streams: [DesiredAssignment]
}

/// One stream that a worker shall run, with all that it needs to know.
package struct DesiredAssignment: Sendable, Hashable {
  package let streamID: Int64
  package let streamName: ObjectName
  package let generation: Int64
  package let spec: StreamSpec
  package let cameraSpec: CameraSpec
  /// The camera's password, if it has one; the user name is in the spec.
  package let password: Secret?
}
