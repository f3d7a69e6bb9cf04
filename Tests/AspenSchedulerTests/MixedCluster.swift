import AspenModel
import AspenScheduler
import AspenTestSupport

/// A large cluster: sites with workers of several sizes, streams of several costs, priorities and
/// requirements; none of them placed. Or workers and streams that are all alike.
struct MixedCluster {
  let snapshot: ClusterSnapshot

  init(
    streams streamCount: Int, workers workerCount: Int, isMixed: Bool = true, seed: UInt64 = 1
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let sites = try (0..<max(workerCount / 100, 2)).map { try ObjectName("site-\($0)") }
    let gpu = try LabelSelector(parsing: "gpu=yes")
    let shapes = Self.shapes
    let perWorker = streamCount / workerCount
    var workers: [SchedulableWorker] = []
    for index in 0..<workerCount {
      let scale = isMixed ? Int.random(in: 1...3, using: &generator) : 1
      let labels = isMixed && index % 10 == 0 ? ["gpu": "yes"] : [:]
      workers.append(
        SchedulableWorker(
          id: Int64(index + 1), name: try ObjectName("worker-\(Self.padded(index))"),
          labels: try Labels(labels), site: isMixed ? sites[index % sites.count] : nil,
          capacity: perWorker * (isMixed ? scale : 2),
          cpuMillicores: isMixed ? perWorker * 160 * scale : nil,
          memoryMiB: isMixed ? perWorker * 9 * scale : nil, phase: .ready, isCordoned: false))
    }
    var streams: [SchedulableStream] = []
    streams.reserveCapacity(streamCount)
    for index in 0..<streamCount {
      let hasSite = isMixed && Int.random(in: 0..<10, using: &generator) < 8
      let needsGPU = isMixed && Int.random(in: 0..<20, using: &generator) == 0
      let shape = Int.random(in: 0..<shapes.count, using: &generator)
      streams.append(
        SchedulableStream(
          id: Int64(index + 1), name: try ObjectName("stream-\(Self.padded(index))"),
          isEnabled: true, require: needsGPU ? gpu : .everything,
          site: hasSite ? sites.randomElement(using: &generator) : nil,
          priority: isMixed ? [50, 50, 50, 80].randomElement(using: &generator) ?? 50 : 50,
          cost: isMixed ? shapes[shape] : .oneStream, current: nil))
    }
    snapshot = ClusterSnapshot(streams: streams, workers: workers)
  }

  /// What streams usually cost.
  private static var shapes: [StreamCost] {
    [("h264", 640, 360), ("h264", 1280, 720), ("h264", 1920, 1080), ("mjpeg", 1280, 720)]
      .map { codec, width, height in
        var shape = StreamShape()
        shape.codec = codec
        shape.width = width
        shape.height = height
        shape.framesPerSecond = 10
        return shape.cost
      }
  }

  private static func padded(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(7 - text.count, 0)) + text
  }
}

extension ClusterSnapshot {
  /// The cluster after a plan; what was placed has this age.
  func performing(_ plan: Plan, age: Duration = .zero) -> ClusterSnapshot {
    let actions = Dictionary(uniqueKeysWithValues: plan.actions.map { ($0.streamID, $0) })
    let streams = streams.map { stream in
      switch actions[stream.id] {
      case .place(_, let workerID, let expected, _, let handsOver):
        stream.on(
          CurrentPlacement(
            workerID: workerID, generation: (expected ?? 0) + 1, age: age,
            previousWorkerID: handsOver
              ? stream.current?.previousWorkerID ?? stream.current?.workerID : nil))
      case .endHandover(_, let expected, _):
        stream.on(
          stream.current.map {
            CurrentPlacement(workerID: $0.workerID, generation: expected, age: $0.age)
          })
      case .unassign: stream.on(nil)
      case nil: stream
      }
    }
    return ClusterSnapshot(streams: streams, workers: workers, policies: policies)
  }

  /// The cluster after a worker was lost.
  func losing(workerID: Int64) -> ClusterSnapshot {
    let workers = workers.map { worker in
      if worker.id != workerID { return worker }
      return SchedulableWorker(
        id: worker.id, name: worker.name, labels: worker.labels, site: worker.site,
        capacity: worker.capacity, cpuMillicores: worker.cpuMillicores,
        memoryMiB: worker.memoryMiB, phase: .lost, isCordoned: worker.isCordoned,
        isDraining: worker.isDraining)
    }
    return ClusterSnapshot(streams: streams, workers: workers, policies: policies)
  }
}

extension SchedulableStream {
  /// The stream somewhere else.
  func on(_ placement: CurrentPlacement?) -> SchedulableStream {
    SchedulableStream(
      id: id, name: name, isEnabled: isEnabled, require: requirement.labels, site: requirement.site,
      wishes: wishes, priority: priority, onPartition: onPartition, cameraID: cameraID, cost: cost,
      current: placement, isDeletionRequested: isDeletionRequested)
  }
}
