package import AspenModel

/// Everything that the scheduler decides from, as it was at one moment.
package struct SchedulingSnapshot: Sendable, Hashable {
  /// The epoch of leadership; states are ordered by epoch, then revision.
  package let epoch: Int64
  package let revision: Int64
  /// All streams, also those that are not enabled, in the order of their names.
  package let streams: [SchedulableStream]
  /// All workers, in the order of their names.
  package let workers: [Worker]
  /// All assignments, in the order of their streams' names.
  package let assignments: [Assignment]
  /// Cameras whose deletion was requested.
  package let deletedCameras: [PendingCamera]
  /// How the sites that say so want their streams shared out.
  package let policies: [ObjectName: PlacementPolicy]

  /// A snapshot of its parts.
  package init(
    epoch: Int64 = 0, revision: Int64, streams: [SchedulableStream], workers: [Worker],
    assignments: [Assignment], deletedCameras: [PendingCamera] = [],
    policies: [ObjectName: PlacementPolicy] = [:]
  ) {
    self.epoch = epoch
    self.revision = revision
    self.streams = streams
    self.workers = workers
    self.assignments = assignments
    self.deletedCameras = deletedCameras
    self.policies = policies
  }
}

/// A camera whose deletion was requested: it goes when its streams are gone.
package struct PendingCamera: Sendable, Hashable {
  package let id: Int64
  package let name: ObjectName

  /// A camera by id and name.
  package init(id: Int64, name: ObjectName) {
    self.id = id
    self.name = name
  }
}

/// A stream and what placing it depends on.
package struct SchedulableStream: Sendable, Hashable {
  package let stream: Stream
  package let cameraName: ObjectName
  package let cameraLabels: Labels
  package let cameraSpec: CameraSpec
  /// The generation of the camera's spec.
  package let cameraGeneration: Int64
  /// Whether the stream's or its camera's deletion was requested.
  package let isDeletionRequested: Bool

  /// A stream of its parts.
  package init(
    stream: Stream, cameraName: ObjectName, cameraLabels: Labels, cameraSpec: CameraSpec,
    cameraGeneration: Int64 = 1, isDeletionRequested: Bool = false
  ) {
    self.stream = stream
    self.cameraName = cameraName
    self.cameraLabels = cameraLabels
    self.cameraSpec = cameraSpec
    self.cameraGeneration = cameraGeneration
    self.isDeletionRequested = isDeletionRequested
  }
}

/// What one worker shall run.
package struct DesiredAssignments: Sendable, Hashable {
  /// The epoch of leadership when this was read: of two, the one of the higher epoch counts, then the one of
  /// the higher revision.
  package let epoch: Int64
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
  /// The generation of the stream's spec.
  package let specGeneration: Int64
  /// What the password is sealed for.
  package let cameraID: Int64
  package let cameraSpec: CameraSpec
  /// The generation of the camera's spec.
  package let cameraGeneration: Int64
  /// The camera's password, if it has one; the user name is in the spec.
  package let sealedPassword: SealedSecret?
  /// The password of a camera from before passwords were sealed, until it is.
  package let legacyPassword: Secret?
  /// Whether the stream or its camera is to go, so that its worker shall stop it.
  package let isDeletionRequested: Bool
}
