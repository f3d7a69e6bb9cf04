import AspenModel
import AspenStore

/// A state of the store in a few words, for what decides from it.
struct SchedulingFixture {
  private static let time = Timestamp(microseconds: 0)

  var streams: [AspenStore.SchedulableStream] = []
  var workers: [Worker] = []
  var assignments: [Assignment] = []
  var deletedCameras: [PendingCamera] = []

  var state: SchedulingSnapshot {
    SchedulingSnapshot(
      revision: 1, streams: streams, workers: workers, assignments: assignments,
      deletedCameras: deletedCameras)
  }

  static func metadata(_ id: Int64, _ name: String, generation: Int64 = 1) throws
    -> ResourceMetadata
  {
    ResourceMetadata(
      id: id, name: try ObjectName(name), labels: Labels(), generation: generation,
      resourceVersion: 1, createdAt: time, updatedAt: time)
  }

  /// Adds worker `wID`.
  mutating func addWorker(
    _ id: Int64, capacity: Int = 10, isDraining: Bool = false, site: String? = nil
  ) throws {
    workers.append(
      Worker(
        metadata: try Self.metadata(id, "w\(id)"), capacityStreams: capacity, isCordoned: false,
        isDraining: isDraining, site: try site.map { try ObjectName($0) }, version: "1",
        lastSeenAt: nil))
  }

  /// Adds stream `sID` of camera `cCAMERA`, on a worker at generation 1 if there is one.
  mutating func addStream(
    _ id: Int64, camera: Int64 = 1, on worker: Int64? = nil, isEnabled: Bool = true,
    isDeletionRequested: Bool = false, site: String? = nil
  ) throws {
    let cameraName = try ObjectName("c\(camera)")
    streams.append(
      AspenStore.SchedulableStream(
        stream: Stream(
          metadata: try Self.metadata(id, "s\(id)", generation: 4),
          spec: StreamSpec(camera: cameraName, isEnabled: isEnabled), cameraID: camera),
        cameraName: cameraName, cameraLabels: Labels(),
        cameraSpec: CameraSpec(
          source: .file(try MediaFilePath("clip.avi", field: "path")), username: nil,
          site: try site.map { try ObjectName($0) }),
        cameraGeneration: 6, isDeletionRequested: isDeletionRequested))
    if let worker {
      assignments.append(
        Assignment(
          streamID: id, streamName: try ObjectName("s\(id)"), workerID: worker,
          workerName: try ObjectName("w\(worker)"), generation: 1, reason: "it fits",
          assignedAt: Self.time))
    }
  }

  /// Says that a camera's deletion was requested.
  mutating func deleteCamera(_ id: Int64) throws {
    deletedCameras.append(PendingCamera(id: id, name: try ObjectName("c\(id)")))
  }
}
