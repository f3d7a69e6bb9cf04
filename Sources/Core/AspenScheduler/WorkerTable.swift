import AspenModel

/// The workers of a snapshot by rank in name order, and what their streams take of them.
struct WorkerTable {
  /// A worker with streams of one camera.
  struct Home {
    let worker: Int
    var count: Int
  }

  let workers: [SchedulableWorker]
  let rankOfID: [Int64: Int]
  private let limits: [ResourceCost]
  private(set) var loads: [ResourceCost]
  /// Where the cameras of several streams have streams.
  private var homes: [[Home]]

  /// One worker's whole capacity in the unit of `fill`.
  static let full = 1_000_000

  init(_ workers: [SchedulableWorker], sharedCameras: Int) {
    self.workers = workers.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    rankOfID = Dictionary(
      uniqueKeysWithValues: self.workers.enumerated().map { ($0.element.id, $0.offset) })
    limits = self.workers.map(\.limits)
    loads = [ResourceCost](repeating: .zero, count: workers.count)
    homes = [[Home]](repeating: [], count: sharedCameras)
  }

  /// The workers that have streams of a camera; none for a camera of one stream (-1).
  func homes(ofCamera camera: Int) -> [Home] { camera < 0 ? [] : homes[camera] }

  /// Whether a worker has a stream of a camera.
  func isHome(_ worker: Int, ofCamera camera: Int) -> Bool {
    camera >= 0 && homes[camera].contains { $0.worker == worker }
  }

  /// What a stream would add to a worker's load.
  func added(_ cost: StreamCost, camera: Int, to worker: Int) -> ResourceCost {
    isHome(worker, ofCamera: camera) ? cost.own : cost.alone
  }

  /// What is left of a worker.
  func room(of worker: Int) -> ResourceCost { limits[worker] - loads[worker] }

  /// Whether no stream at all fits any more, however little it costs.
  func isFull(_ worker: Int) -> Bool { loads[worker].streams >= limits[worker].streams }

  /// The largest share of what a worker has that its streams take, in millionths.
  func fill(of worker: Int) -> Int { share(of: loads[worker], on: worker) }

  /// The largest share of what a worker has that a cost takes, in millionths.
  func share(of cost: ResourceCost, on worker: Int) -> Int {
    let limit = limits[worker]
    var share = Self.share(cost.streams, limit.streams)
    if limit.cpuMillicores < SchedulableWorker.unlimited {
      share = max(share, Self.share(cost.cpuMillicores, limit.cpuMillicores))
    }
    if limit.memoryMiB < SchedulableWorker.unlimited {
      share = max(share, Self.share(cost.memoryMiB, limit.memoryMiB))
    }
    return share
  }

  private static func share(_ load: Int, _ limit: Int) -> Int { load * full / max(limit, 1) }

  mutating func add(_ cost: StreamCost, camera: Int, to worker: Int) {
    loads[worker] += added(cost, camera: camera, to: worker)
    if camera < 0 { return }
    if let index = homes[camera].firstIndex(where: { $0.worker == worker }) {
      homes[camera][index].count += 1
    } else {
      homes[camera].append(Home(worker: worker, count: 1))
    }
  }

  mutating func remove(_ cost: StreamCost, camera: Int, from worker: Int) {
    if camera >= 0, let index = homes[camera].firstIndex(where: { $0.worker == worker }) {
      homes[camera][index].count -= 1
      if homes[camera][index].count == 0 { homes[camera].remove(at: index) }
    }
    loads[worker] -= added(cost, camera: camera, to: worker)
  }
}
