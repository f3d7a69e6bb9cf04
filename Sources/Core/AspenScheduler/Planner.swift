import AspenModel

/// Decides which worker runs which stream. Pure: the same snapshot gives the same plan.
///
/// - A stream stays where it is while its worker is ready or expected and has the labels that it
///   requires, even on a cordoned or over-full worker.
/// - Others go to the ready, uncordoned worker of the lowest load fraction that has the labels and
///   room, ties by name. Streams that fewer workers fit choose first, then by name, so that a
///   stream without requirements does not take the last place of a special worker.
/// - A stream of a lost worker that no other can take stays assigned to it, and is reported.
/// - A stream that is disabled, whose worker is gone, or whose worker no longer has the labels, is
///   unassigned when no other worker takes it.
///
/// Cost: O((streams + workers) log workers), and O(workers) for each distinct requirement.
package enum Planner {
  /// The changes that the snapshot calls for. Planning again after they are made changes nothing.
  package static func plan(_ snapshot: ClusterSnapshot) -> Plan {
    var planning = Planning(snapshot)
    planning.settle()
    planning.placeHomeless()
    return planning.plan
  }
}

/// The state of one run of the planner. Workers and streams are known by their rank in name order.
private struct Planning {
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

  private let streams: [SchedulableStream]
  private let workers: [SchedulableWorker]
  private let rankOfWorker: [Int64: Int]
  private var loads: [Int]
  private var homeless: [[LabelSelector.Term]: [Homeless]] = [:]
  /// By the rank of their stream, in no order yet.
  private var actions: [(rank: Int, action: PlacementAction)] = []
  private var unplaced: [(rank: Int, stream: UnplacedStream)] = []

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
      unplaced: unplaced.sorted { $0.rank < $1.rank }.map(\.stream))
  }

  /// Counts the streams that stay, and collects those that need a worker.
  mutating func settle() {
    for (rank, stream) in streams.enumerated() {
      guard stream.isEnabled else {
        unassign(rank, "the stream is disabled")
        continue
      }
      if let departure = departure(of: stream) {
        homeless[stream.require.terms, default: []].append(
          Homeless(rank: rank, departure: departure))
      } else if let worker = stream.current.flatMap({ rankOfWorker[$0.workerID] }) {
        loads[worker] += 1
      }
    }
  }

  /// Gives every homeless stream a worker, or a reason why there is none.
  mutating func placeHomeless() {
    let groups = homeless.map { terms, members in
      (terms: terms, members: members, fitting: workersFitting(members))
    }
    let ordered = groups.sorted {
      ($0.fitting.count, $0.members[0].rank) < ($1.fitting.count, $1.members[0].rank)
    }
    for group in ordered { place(group.members, terms: group.terms, fitting: group.fitting) }
  }

  /// All members have the same requirement.
  private func workersFitting(_ members: [Homeless]) -> [Int] {
    let require = streams[members[0].rank].require
    return workers.indices.filter { require.matches(workers[$0].labels) }
  }

  private mutating func place(
    _ members: [Homeless], terms: [LabelSelector.Term], fitting: [Int]
  ) {
    var queue = LeastLoadedQueue(
      ranks: fitting.filter { workers[$0].takesNewStreams },
      capacity: { workers[$0].capacity }, load: { loads[$0] })
    var shortage: String?
    for member in members {
      if let worker = queue.takeSlot() {
        place(member, on: worker)
      } else {
        let reason = shortage ?? reasonForShortage(terms: terms, fitting: fitting)
        shortage = reason
        leaveUnplaced(member, reason)
      }
    }
  }

  private mutating func place(_ member: Homeless, on worker: Int) {
    let stream = streams[member.rank]
    let (name, capacity) = (workers[worker].name, workers[worker].capacity)
    let choice = "\(name) was the least loaded worker that fits (\(loads[worker]) of \(capacity))"
    let reason =
      switch member.departure {
      case .none: choice
      case .lost(let old): "worker \(old) is lost; \(choice)"
      case .leaves(let cause): "\(cause); \(choice)"
      }
    loads[worker] += 1
    let action = PlacementAction.place(
      streamID: stream.id, workerID: workers[worker].id,
      expectedGeneration: stream.current?.generation, reason: reason)
    actions.append((member.rank, action))
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

  private mutating func unassign(_ rank: Int, _ reason: String) {
    guard let current = streams[rank].current else { return }
    let action = PlacementAction.unassign(
      streamID: streams[rank].id, expectedGeneration: current.generation, reason: reason)
    actions.append((rank, action))
  }

  /// Why the stream needs a worker; nil when it stays where it is.
  private func departure(of stream: SchedulableStream) -> Departure? {
    guard let current = stream.current else { return Departure.none }
    guard let rank = rankOfWorker[current.workerID] else {
      return .leaves("its worker no longer exists")
    }
    let worker = workers[rank]
    if let term = stream.require.unmet(by: worker.labels) {
      return .leaves("worker \(worker.name) does not have the label '\(term)'")
    }
    return worker.phase == .lost ? .lost(worker.name) : nil
  }

  private func reasonForShortage(terms: [LabelSelector.Term], fitting: [Int]) -> String {
    Shortage(
      terms: terms, joinedCount: workers.count, fitting: fitting.map { workers[$0] }
    ).reason
  }
}
