import AspenModel

/// The streams of a snapshot by rank in name order, with numbers for what many of them have in common.
struct StreamTable {
  /// Which workers fit, and how well.
  struct Profile: Hashable {
    let requirement: Requirement
    let wishes: Wishes
  }

  let streams: [SchedulableStream]
  /// What streams ask of workers, each once.
  private(set) var profiles: [Profile] = []
  /// The index of each stream's profile.
  private(set) var profileOf: [Int] = []
  /// The index of each stream's camera if that has several streams; else -1.
  private(set) var sharedCameraOf: [Int] = []
  /// What each camera of several streams costs a worker: the most that one of its streams says.
  private(set) var sharedCameraCosts: [ResourceCost] = []
  /// Whether some streams have another priority than others.
  let hasPriorities: Bool

  init(_ streams: [SchedulableStream]) {
    let ranked = Self.isRanked(streams) ? streams : streams.sorted(by: Self.precedes)
    self.streams = ranked
    let priority = ranked.first?.priority
    hasPriorities = ranked.contains { $0.priority != priority }
    findProfiles()
    findSharedCameras()
  }

  /// What a stream costs; its camera's share is the same for all streams of the camera.
  func cost(of rank: Int) -> StreamCost {
    let camera = sharedCameraOf[rank]
    if camera < 0 { return streams[rank].cost }
    return StreamCost(own: streams[rank].cost.own, camera: sharedCameraCosts[camera])
  }

  private static func precedes(_ one: SchedulableStream, _ other: SchedulableStream) -> Bool {
    (one.name, one.id) < (other.name, other.id)
  }

  /// The store gives them in this order mostly; then nothing has to be sorted.
  private static func isRanked(_ streams: [SchedulableStream]) -> Bool {
    streams.indices.dropFirst().allSatisfy { precedes(streams[$0 - 1], streams[$0]) }
  }

  private mutating func findProfiles() {
    var indexes: [Profile: Int] = [:]
    var last: Int?
    profileOf.reserveCapacity(streams.count)
    for stream in streams {
      // Neighbours by name mostly ask the same.
      if let last, profiles[last].requirement == stream.requirement,
        profiles[last].wishes == stream.wishes
      {
        profileOf.append(last)
        continue
      }
      let profile = Profile(requirement: stream.requirement, wishes: stream.wishes)
      let index = indexes[profile] ?? profiles.count
      if index == profiles.count {
        profiles.append(profile)
        indexes[profile] = index
      }
      profileOf.append(index)
      last = index
    }
  }

  private mutating func findSharedCameras() {
    sharedCameraOf = [Int](repeating: -1, count: streams.count)
    var firsts: [Int64: Int] = [:]
    firsts.reserveCapacity(streams.count)
    for (rank, stream) in streams.enumerated() {
      guard let id = stream.cameraID else { continue }
      guard let first = firsts[id] else {
        firsts[id] = rank
        continue
      }
      if sharedCameraOf[first] < 0 {
        sharedCameraOf[first] = sharedCameraCosts.count
        sharedCameraCosts.append(streams[first].cost.camera)
      }
      let camera = sharedCameraOf[first]
      sharedCameraOf[rank] = camera
      sharedCameraCosts[camera] = sharedCameraCosts[camera].union(stream.cost.camera)
    }
  }
}
