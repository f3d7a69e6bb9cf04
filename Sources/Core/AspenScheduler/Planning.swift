import AspenModel

/// The state of one run of the planner. Workers and streams are known by their rank in name order.
struct Planning {
  /// A stream that needs a worker, and what to say and do about the one that it leaves.
  private struct Homeless {
    let rank: Int
    let departure: Departure
  }

  private enum Departure {
    /// It has no worker.
    case none
    /// Its worker is lost: it stays assigned until another takes it.
    case lost(ObjectName)
    /// It may not stay, whether another takes it or not.
    case leaves(String)
  }

  /// A stream on a draining worker.
  private struct Drained {
    let rank: Int
    let worker: Int
  }

  /// Streams of one group fit the same workers.
  private struct Group: Hashable {
    let terms: [LabelSelector.Term]
    let site: ObjectName?

    init(_ requirement: Requirement) {
      terms = requirement.labels.terms
      site = requirement.site
    }
  }

  private let streams: [SchedulableStream]
  private let workers: [SchedulableWorker]
  private let rankOfWorker: [Int64: Int]
  private var loads: [Int]
  private var homeless: [Group: [Homeless]] = [:]
  private var drained: [Group: [Drained]] = [:]
  /// By the rank of their stream, in no order yet.
  private var actions: [(rank: Int, action: PlacementAction)] = []
  private var unplaced: [(rank: Int, stream: UnplacedStream)] = []
  private var stuck: [(rank: Int, stream: StuckStream)] = []

  init(_ snapshot: ClusterSnapshot) {
    streams = snapshot.streams.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    workers = snapshot.workers.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    rankOfWorker = Dictionary(
      uniqueKeysWithValues: workers.enumerated().map { ($0.element.id, $0.offset) })
    loads = [Int](repeating: 0, count: workers.count)
  }

  var plan: Plan {
    Plan(
      actions: actions.sorted { $0.rank < $1.rank }.map(\.action),
      unplaced: unplaced.sorted { $0.rank < $1.rank }.map(\.stream),
      stuck: stuck.sorted { $0.rank < $1.rank }.map(\.stream))
  }

  /// Counts the streams that stay, and collects those that need a worker or should leave theirs.
  mutating func settle() {
    for (rank, stream) in streams.enumerated() {
      let worker = stream.current.flatMap { rankOfWorker[$0.workerID] }
      if stream.isDeletionRequested {
        if let worker { loads[worker] += 1 }
        continue
      }
      guard stream.isEnabled else {
        unassign(rank, "the stream is disabled")
        continue
      }
      let group = Group(stream.requirement)
      if let departure = departure(of: stream) {
        homeless[group, default: []].append(Homeless(rank: rank, departure: departure))
      } else if let worker {
        loads[worker] += 1
        if workers[worker].isDraining, workers[worker].phase == .ready {
          drained[group, default: []].append(Drained(rank: rank, worker: worker))
        }
      }
    }
  }

  /// Gives every homeless stream a worker, or a reason why there is none.
  mutating func placeHomeless() {
    for group in choosiestFirst(homeless, rank: { $0.rank }) {
      var queue = queue(of: group.fitting)
      var shortage: String?
      for member in group.members {
        if let worker = queue.takeSlot() {
          place(member, on: worker)
        } else {
          let reason = shortage ?? reasonForShortage(of: member.rank, fitting: group.fitting)
          shortage = reason
          leaveUnplaced(member, reason)
        }
      }
    }
  }

  /// Moves streams from draining workers to others that have room, or says why they stay.
  mutating func moveDrained(atMost maxMoves: Int) {
    var moves = 0
    for group in choosiestFirst(drained, rank: { $0.rank }) {
      var queue = queue(of: group.fitting)
      var shortages: [Int: String] = [:]
      for member in group.members {
        if moves >= maxMoves { return }
        if let worker = queue.takeSlot() {
          moves += 1
          move(member, to: worker)
        } else {
          let reason =
            shortages[member.worker]
            ?? reasonForShortage(
              of: member.rank, fitting: group.fitting.filter { $0 != member.worker },
              besides: member.worker)
          shortages[member.worker] = reason
          stay(member, reason)
        }
      }
    }
  }

  // MARK: - Groups

  /// The groups in the order in which they choose, each with the workers that fit.
  private func choosiestFirst<Member>(
    _ groups: [Group: [Member]], rank: (Member) -> Int
  ) -> [(members: [Member], fitting: [Int])] {
    groups.values
      .map { members in
        let requirement = streams[rank(members[0])].requirement
        return (
          members: members,
          fitting: workers.indices.filter { requirement.isMet(by: workers[$0]) }
        )
      }
      .sorted {
        ($0.fitting.count, rank($0.members[0])) < ($1.fitting.count, rank($1.members[0]))
      }
  }

  private func queue(of fitting: [Int]) -> LeastLoadedQueue {
    LeastLoadedQueue(
      ranks: fitting.filter { workers[$0].takesNewStreams },
      capacity: { workers[$0].capacity }, load: { loads[$0] })
  }

  private func reasonForShortage(
    of rank: Int, fitting: [Int], besides worker: Int? = nil
  ) -> String {
    let requirement = streams[rank].requirement
    let others = workers.indices.filter { $0 != worker }
    return Shortage(
      requirement: requirement, isOfOthers: worker != nil, joinedCount: others.count,
      atSiteCount: others.count { requirement.isAtSite(workers[$0]) },
      fitting: fitting.map { workers[$0] }
    ).reason
  }

  // MARK: - Decisions

  /// Why the stream needs a worker; nil when it stays where it is.
  private func departure(of stream: SchedulableStream) -> Departure? {
    guard let current = stream.current else { return Departure.none }
    guard let rank = rankOfWorker[current.workerID] else {
      return .leaves("its worker no longer exists")
    }
    let worker = workers[rank]
    if let unmet = stream.requirement.unmet(by: worker) {
      return .leaves("worker \(worker.name) \(unmet)")
    }
    return worker.phase == .lost ? .lost(worker.name) : nil
  }

  private mutating func place(_ member: Homeless, on worker: Int) {
    let reason =
      switch member.departure {
      case .none: choice(of: worker)
      case .lost(let old): "worker \(old) is lost; \(choice(of: worker))"
      case .leaves(let cause): "\(cause); \(choice(of: worker))"
      }
    place(member.rank, on: worker, reason)
  }

  private mutating func move(_ member: Drained, to worker: Int) {
    let reason = "worker \(workers[member.worker].name) is draining; \(choice(of: worker))"
    place(member.rank, on: worker, reason)
    loads[member.worker] -= 1
  }

  private func choice(of worker: Int) -> String {
    let (name, capacity) = (workers[worker].name, workers[worker].capacity)
    return "\(name) was the least loaded worker that fits (\(loads[worker]) of \(capacity))"
  }

  private mutating func place(_ rank: Int, on worker: Int, _ reason: String) {
    loads[worker] += 1
    let action = PlacementAction.place(
      streamID: streams[rank].id, workerID: workers[worker].id,
      expectedGeneration: streams[rank].current?.generation, reason: reason)
    actions.append((rank, action))
  }

  private mutating func leaveUnplaced(_ member: Homeless, _ shortage: String) {
    var reason = shortage
    switch member.departure {
    case .none: break
    case .lost(let old): reason = "waiting for lost worker \(old) or another: \(shortage)"
    case .leaves(let cause): unassign(member.rank, cause)
    }
    let stream = UnplacedStream(streamID: streams[member.rank].id, reason: reason)
    unplaced.append((member.rank, stream))
  }

  private mutating func stay(_ member: Drained, _ shortage: String) {
    let worker = workers[member.worker]
    let stream = StuckStream(
      streamID: streams[member.rank].id, workerID: worker.id,
      reason: "worker \(worker.name) is draining, and no other can take it: \(shortage)")
    stuck.append((member.rank, stream))
  }

  private mutating func unassign(_ rank: Int, _ reason: String) {
    guard let current = streams[rank].current else { return }
    let action = PlacementAction.unassign(
      streamID: streams[rank].id, expectedGeneration: current.generation, reason: reason)
    actions.append((rank, action))
  }
}
