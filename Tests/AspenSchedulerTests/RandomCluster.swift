import AspenModel
import AspenScheduler
import AspenTestSupport

/// Small clusters with a bit of everything, by a seed.
struct RandomCluster {
  private var generator: SeededGenerator
  /// Whether streams know for how long they have been where they are.
  private let hasAges: Bool

  static func snapshot(seed: UInt64, hasAges: Bool = false) throws -> ClusterSnapshot {
    var cluster = RandomCluster(generator: SeededGenerator(seed: seed), hasAges: hasAges)
    return try cluster.snapshot()
  }

  private mutating func snapshot() throws -> ClusterSnapshot {
    let isPlain = chance(3)
    let workers = try (0..<number(0...6)).map { try worker(Int64($0 + 1), isPlain: isPlain) }
    let streams = try (0..<number(0...25)).map { try stream(Int64($0 + 1), isPlain: isPlain) }
    return ClusterSnapshot(
      streams: streams, workers: workers,
      policies: chance(2) ? [:] : [try ObjectName("hq"): .pack, try ObjectName("lab"): .spread])
  }

  private mutating func worker(_ id: Int64, isPlain: Bool) throws -> SchedulableWorker {
    var labels: [String: String] = [:]
    if chance(2) { labels["gpu"] = "yes" }
    if chance(2) { labels["site"] = one(of: ["a", "b", "c"]) }
    let phase = one(of: [.ready, .ready] + WorkerPhase.allCases)
    return SchedulableWorker(
      id: id, name: try ObjectName("w\(id)"), labels: try Labels(labels), site: try site(),
      capacity: number(0...5), cpuMillicores: isPlain || chance(2) ? nil : number(1...8) * 100,
      memoryMiB: isPlain || chance(2) ? nil : number(1...8) * 100, phase: phase,
      isCordoned: chance(5), isDraining: chance(4), isHeldOff: chance(6),
      lostFor: phase == .lost && chance(2) ? .seconds(number(0...120)) : nil,
      isLeaseOver: phase == .lost && chance(2))
  }

  private mutating func stream(_ id: Int64, isPlain: Bool) throws -> SchedulableStream {
    // Worker ids up to 8: some of the workers no longer exist.
    let current =
      chance(2)
      ? CurrentPlacement(
        workerID: Int64(number(1...8)), generation: Int64(number(1...99)),
        age: hasAges ? .seconds(900) : nil) : nil
    let selectors = ["", "", "gpu=yes", "!gpu", "site in (a,b)", "site=a,gpu", "gpu!=yes"]
    return SchedulableStream(
      id: id, name: try ObjectName("s\(id)"), isEnabled: !chance(6),
      require: try LabelSelector(parsing: one(of: selectors)), site: try site(),
      wishes: Wishes(prefer: try wishes(), avoid: try wishes()),
      priority: isPlain ? 50 : one(of: [50, 50, 10, 90]),
      onPartition: one(of: [.replace, .replace] + PartitionRule.allCases),
      cameraID: chance(2) ? nil : Int64(number(1...6)),
      cost: isPlain
        ? .oneStream
        : StreamCost(
          own: ResourceCost(
            streams: 1, cpuMillicores: number(0...3) * 100, memoryMiB: number(0...3) * 100),
          camera: ResourceCost(cpuMillicores: number(0...3) * 100)),
      current: current, isDeletionRequested: chance(8))
  }

  private mutating func wishes() throws -> [PlacementWish] {
    if !chance(3) { return [] }
    let selector = try LabelSelector(parsing: one(of: ["gpu", "site=a", "site"]))
    return [PlacementWish(selector: selector, weight: number(1...100))]
  }

  private mutating func site() throws -> ObjectName? {
    let names: [String?] = [nil, nil, "hq", "lab"]
    return try one(of: names).map { try ObjectName($0) }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private mutating func chance(_ count: Int) -> Bool { number(1...count) == 1 }

  private mutating func one<T>(of values: [T]) -> T { values[number(0...(values.count - 1))] }
}

/// What the streams of a snapshot take of its workers, counted independently of the planner.
struct Loads {
  private let streamsOf: [Int64: [SchedulableStream]]
  private let cameraCosts: [Int64: ResourceCost]

  init(_ snapshot: ClusterSnapshot) {
    var streamsOf: [Int64: [SchedulableStream]] = [:]
    var costs: [Int64: ResourceCost] = [:]
    for stream in snapshot.streams {
      if let current = stream.current { streamsOf[current.workerID, default: []].append(stream) }
      guard let camera = stream.cameraID else { continue }
      let (one, other) = (costs[camera] ?? .zero, stream.cost.camera)
      costs[camera] = ResourceCost(
        streams: max(one.streams, other.streams),
        cpuMillicores: max(one.cpuMillicores, other.cpuMillicores),
        memoryMiB: max(one.memoryMiB, other.memoryMiB))
    }
    self.streamsOf = streamsOf
    cameraCosts = costs
  }

  /// The streams that a worker has.
  func streams(on worker: SchedulableWorker) -> [SchedulableStream] { streamsOf[worker.id] ?? [] }

  /// Whether a worker's streams and some more are within its limits.
  func areWithinLimits(
    of worker: SchedulableWorker, with more: SchedulableStream? = nil,
    without less: (SchedulableStream) -> Bool = { _ in false }
  ) -> Bool {
    var sum = ResourceCost.zero
    var cameras: Set<Int64> = []
    for stream in streams(on: worker).filter({ !less($0) }) + (more.map { [$0] } ?? []) {
      sum += stream.cost.own
      if let camera = stream.cameraID {
        if cameras.insert(camera).inserted { sum += cameraCosts[camera] ?? .zero }
      } else {
        sum += stream.cost.camera
      }
    }
    return sum.streams <= worker.capacity
      && sum.cpuMillicores <= worker.cpuMillicores ?? .max
      && sum.memoryMiB <= worker.memoryMiB ?? .max
  }
}

extension SchedulableWorker {
  /// Whether it may get new streams.
  var isOpen: Bool { phase == .ready && !isCordoned && !isDraining && !isHeldOff }

  /// Whether it is what the stream requires.
  func fits(_ stream: SchedulableStream) -> Bool {
    let requirement = stream.requirement
    return requirement.labels.matches(labels)
      && (requirement.site == nil || requirement.site == site)
  }
}

extension SchedulableStream {
  /// Whether it should run somewhere.
  var isWanted: Bool { isEnabled && !isDeletionRequested }
}
