import AspenModel

/// The state of one run of the planner. Workers and streams are known by their rank in name order.
struct Planning {
  /// A stream that needs a worker, and what to say and do about the one that it leaves.
  struct Homeless {
    let rank: Int
    let departure: Departure
  }

  /// A stream on a draining worker.
  struct Drained {
    let rank: Int
    let worker: Int
  }

  /// Streams of one class have the same choice, and any of them can have the place of any other.
  struct Class: Hashable {
    let profile: Int
    let cost: StreamCost
  }

  let rules: PlannerRules
  let streams: StreamTable
  var cluster: Cluster
  var generator: SampleGenerator
  /// The worker of each stream that stays with it, by rank; -1 when it has none or leaves it.
  var settledOn: [Int]
  private let storms: Storms
  private var fitsOfProfile: [WorkerPools.Fits?]
  /// By priority.
  private var homeless: [Int: [Class: [Homeless]]] = [:]
  private var drained: [Int: [Class: [Drained]]] = [:]
  /// Streams that are handed over to the worker on which they settled, by rank.
  private var handovers: [Int] = []
  private var residents: Residents?
  /// That of the class that chooses just now.
  private var preemption: Preemption?
  var moves = 0
  /// By the rank of their stream, in no order yet.
  private var actions: [(rank: Int, action: PlacementAction)] = []
  private var unplaced: [(rank: Int, stream: UnplacedStream)] = []
  private var stuck: [(rank: Int, stream: StuckStream)] = []

  init(_ snapshot: ClusterSnapshot, _ rules: PlannerRules) {
    self.rules = rules
    streams = StreamTable(snapshot.streams)
    let table = WorkerTable(snapshot.workers, sharedCameras: streams.sharedCameraCosts.count)
    let policies = snapshot.policies
    cluster = Cluster(
      table,
      WorkerPools(
        of: table.workers, for: streams.profiles,
        policy: { site in site.flatMap { policies[$0] } ?? rules.policy }))
    generator = SampleGenerator(seed: rules.seed)
    settledOn = [Int](repeating: -1, count: snapshot.streams.count)
    storms = Storms(table.workers, rules)
    fitsOfProfile = [WorkerPools.Fits?](repeating: nil, count: streams.profiles.count)
  }

  var plan: Plan {
    Plan(
      actions: actions.sorted { $0.rank < $1.rank }.map(\.action),
      unplaced: unplaced.sorted { $0.rank < $1.rank }.map(\.stream),
      stuck: stuck.sorted { $0.rank < $1.rank }.map(\.stream), evaluations: cluster.evaluations)
  }

  /// Whether nothing has to change.
  var isAtRest: Bool { actions.isEmpty && moves == 0 }

  /// The workers that fit a stream.
  mutating func fits(of rank: Int) -> WorkerPools.Fits {
    let profile = streams.profileOf[rank]
    if let fits = fitsOfProfile[profile] { return fits }
    let fits = cluster.pools.fits(streams.profiles[profile])
    fitsOfProfile[profile] = fits
    return fits
  }

  /// Counts the streams that stay, and collects those that need a worker or should leave theirs.
  mutating func settle() {
    for (rank, stream) in streams.streams.enumerated() {
      let worker = stream.current.flatMap { cluster.table.rankOfID[$0.workerID] }
      if let previous = previousWorker(of: rank) { load(rank, previous) }
      if stream.isDeletionRequested {
        if let worker { load(rank, worker) }
        continue
      }
      guard stream.isEnabled else {
        unassign(rank, "the stream is disabled")
        continue
      }
      if let departure = departure(of: rank) {
        depart(rank, departure)
      } else if let worker {
        load(rank, worker)
        settledOn[rank] = worker
        if stream.current?.previousWorkerID != nil {
          handovers.append(rank)
          if reasonToEndHandover(of: rank) == nil { moves += 1 }
          continue
        }
        let home = cluster.table.workers[worker]
        if home.isDraining, home.phase == .ready {
          drained[stream.priority, default: [:]][`class`(of: rank), default: []].append(
            Drained(rank: rank, worker: worker))
        }
      }
    }
  }

  /// Gives every homeless stream a worker, or a reason why there is none: the highest priority first,
  /// then those that fewer workers fit, then those that cost more.
  mutating func placeHomeless() {
    while let priority = homeless.keys.max(), let classes = homeless.removeValue(forKey: priority) {
      for members in inTurn(classes, rank: \.rank) { place(members) }
    }
  }

  /// Moves streams from draining workers to others that have room, or says why they stay.
  mutating func moveDrained() {
    for priority in drained.keys.sorted(by: >) {
      for members in inTurn(drained[priority] ?? [:], rank: \.rank) {
        move(members)
        if moves >= rules.maxMoves { return }
      }
    }
  }

  /// Lets old workers go whose streams the new ones have taken over.
  mutating func endHandovers() {
    // One that lost its new worker's place is handed over to another.
    for rank in handovers where settledOn[rank] >= 0 {
      let stream = streams.streams[rank]
      guard let reason = reasonToEndHandover(of: rank), let current = stream.current else {
        continue
      }
      let action = PlacementAction.endHandover(
        streamID: stream.id, expectedGeneration: current.generation, reason: reason)
      actions.append((rank, action))
    }
  }

  // MARK: - Classes

  private func `class`(of rank: Int) -> Class {
    Class(profile: streams.profileOf[rank], cost: streams.cost(of: rank))
  }

  /// The members of the classes in the order in which they choose.
  private mutating func inTurn<Member>(
    _ classes: [Class: [Member]], rank: (Member) -> Int
  ) -> [[Member]] {
    var turns: [(workers: Int, cost: ResourceCost, rank: Int, members: [Member])] = []
    for (key, members) in classes {
      let sorted = members.sorted { rank($0) < rank($1) }
      let first = rank(sorted[0])
      turns.append((fits(of: first).workerCount, key.cost.alone, first, sorted))
    }
    turns.sort { one, other in
      if one.workers != other.workers { return one.workers < other.workers }
      if one.cost != other.cost { return one.cost.isGreater(than: other.cost) }
      return one.rank < other.rank
    }
    return turns.map(\.members)
  }

  private mutating func choice(for rank: Int, count: Int) -> Choice {
    Choice(
      cost: streams.cost(of: rank), fits: fits(of: rank), count: count, in: &cluster, &generator)
  }

  private mutating func place(_ members: [Homeless]) {
    var choice = choice(for: members[0].rank, count: members.count)
    var shortage: String?
    for member in members {
      let camera = streams.sharedCameraOf[member.rank]
      if let worker = choice.next(camera: camera, in: &cluster) {
        place(member, on: worker, cluster.words(for: worker, fits(of: member.rank), camera: camera))
        choice.changed(worker, in: &cluster)
      } else if let (worker, words) = preempt(for: member.rank) {
        place(member, on: worker, words)
        choice.freed(worker, in: &cluster)
      } else {
        let reason = shortage ?? reasonForShortage(of: member.rank)
        shortage = reason
        leaveUnplaced(member, reason)
      }
    }
    choice.end(in: &cluster)
    preemption = nil
  }

  private mutating func move(_ members: [Drained]) {
    var choice = choice(for: members[0].rank, count: members.count)
    var shortages: [Int: String] = [:]
    for member in members where moves < rules.maxMoves {
      let camera = streams.sharedCameraOf[member.rank]
      if let worker = choice.next(camera: camera, in: &cluster) {
        let words = cluster.words(for: worker, fits(of: member.rank), camera: camera)
        move(member.rank, from: member.worker, to: worker, because: "is draining", words)
        choice.changed(worker, in: &cluster)
      } else {
        let reason =
          shortages[member.worker] ?? reasonForShortage(of: member.rank, besides: member.worker)
        shortages[member.worker] = reason
        stay(member, reason)
      }
    }
    choice.end(in: &cluster)
  }

  // MARK: - Decisions

  private mutating func departure(of rank: Int) -> Departure? {
    let fits = fits(of: rank)
    let pools = cluster.pools
    return Departure(of: streams.streams[rank], cluster.table, storms) {
      fits.points[pools.poolOf[$0]] != nil
    }
  }

  private mutating func depart(_ rank: Int, _ departure: Departure) {
    if case .waits(let reason) = departure {
      let stream = UnplacedStream(streamID: streams.streams[rank].id, reason: reason)
      unplaced.append((rank, stream))
      return
    }
    let priority = streams.streams[rank].priority
    homeless[priority, default: [:]][`class`(of: rank), default: []].append(
      Homeless(rank: rank, departure: departure))
  }

  /// Makes room for a stream by taking places of streams of lower priority, which then choose anew.
  private mutating func preempt(for rank: Int) -> (worker: Int, words: String)? {
    if !streams.hasPriorities { return nil }
    var residents =
      self.residents
      ?? Residents(settledOn: settledOn, streams, workerCount: cluster.table.workers.count)
    self.residents = nil
    var search = preemption ?? Preemption(for: rank, fits(of: rank), residents, streams, cluster)
    let found = search.next(for: rank, &residents, in: &cluster, streams)
    preemption = search
    self.residents = residents
    guard let sacrifice = found else { return nil }
    let (worker, stream) = (sacrifice.worker, streams.streams[rank])
    let name = cluster.table.workers[worker].name
    for victim in sacrifice.victims {
      unload(victim, worker)
      settledOn[victim] = -1
      depart(
        victim,
        .preempted(
          "stream \(stream.name) of priority \(stream.priority) took its place on worker \(name)"))
    }
    let names = sacrifice.victims.sorted().prefix(5).map { victim in
      "\(streams.streams[victim].name) (priority \(streams.streams[victim].priority))"
    }
    let rest = sacrifice.victims.count - names.count
    return (
      worker,
      "no worker had room; on \(name) it takes the place of "
        + names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    )
  }

  private mutating func place(_ member: Homeless, on worker: Int, _ words: String) {
    let reason =
      switch member.departure {
      case .none, .waits: words
      case .lost(let old): "worker \(old) is lost; \(words)"
      case .leaves(let cause), .preempted(let cause): "\(cause); \(words)"
      }
    // A stream that is handed over by a third worker still runs there.
    let previous = previousWorker(of: member.rank)
    if previous == worker { unload(member.rank, worker) }
    place(member.rank, on: worker, reason, handsOver: previous != nil && previous != worker)
  }

  /// The living worker that runs a stream on while it is handed over.
  private func previousWorker(of rank: Int) -> Int? {
    guard let id = streams.streams[rank].current?.previousWorkerID,
      let worker = cluster.table.rankOfID[id], cluster.table.workers[worker].phase == .ready
    else { return nil }
    return worker
  }

  /// Why the old worker of a stream that is handed over shall let go; nil while it is waited for the new one.
  private func reasonToEndHandover(of rank: Int) -> String? {
    let stream = streams.streams[rank]
    if stream.isStreaming { return "its new worker has pictures" }
    if previousWorker(of: rank) == nil { return "the worker that had it is not there any more" }
    guard let age = stream.current?.age, age > rules.handoverLimit else { return nil }
    return "its new worker has had no pictures for \(rules.handoverLimit.components.seconds) s"
  }

  /// Moves a stream to a worker, for a reason that follows its old worker's name.
  mutating func move(
    _ rank: Int, from source: Int, to worker: Int, because reason: String, _ words: String
  ) {
    moves += 1
    let stream = streams.streams[rank]
    let handsOver = stream.isStreaming && !stream.isExclusive
    if !handsOver { unload(rank, source) }
    place(
      rank, on: worker, "worker \(cluster.table.workers[source].name) \(reason); \(words)",
      handsOver: handsOver)
  }

  private mutating func place(
    _ rank: Int, on worker: Int, _ reason: String, handsOver: Bool
  ) {
    load(rank, worker)
    let action = PlacementAction.place(
      streamID: streams.streams[rank].id, workerID: cluster.table.workers[worker].id,
      expectedGeneration: streams.streams[rank].current?.generation, reason: reason,
      handsOver: handsOver)
    actions.append((rank, action))
  }

  private mutating func leaveUnplaced(_ member: Homeless, _ shortage: String) {
    var reason = shortage
    switch member.departure {
    case .none, .waits: break
    case .lost(let old): reason = "waiting for lost worker \(old) or another: \(shortage)"
    case .leaves(let cause): unassign(member.rank, cause)
    case .preempted(let cause):
      reason = "\(cause); \(shortage)"
      unassign(member.rank, cause)
    }
    let stream = UnplacedStream(streamID: streams.streams[member.rank].id, reason: reason)
    unplaced.append((member.rank, stream))
  }

  private mutating func stay(_ member: Drained, _ shortage: String) {
    let worker = cluster.table.workers[member.worker]
    let stream = StuckStream(
      streamID: streams.streams[member.rank].id, workerID: worker.id,
      reason: "worker \(worker.name) is draining, and no other can take it: \(shortage)")
    stuck.append((member.rank, stream))
  }

  private mutating func unassign(_ rank: Int, _ reason: String) {
    guard let current = streams.streams[rank].current else { return }
    let action = PlacementAction.unassign(
      streamID: streams.streams[rank].id, expectedGeneration: current.generation, reason: reason)
    actions.append((rank, action))
  }

  // MARK: - Loads

  mutating func load(_ rank: Int, _ worker: Int) {
    cluster.add(streams.cost(of: rank), camera: streams.sharedCameraOf[rank], to: worker)
  }

  mutating func unload(_ rank: Int, _ worker: Int) {
    cluster.remove(streams.cost(of: rank), camera: streams.sharedCameraOf[rank], from: worker)
  }
}
