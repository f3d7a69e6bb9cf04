import AspenModel

/// Why no worker can take streams of one requirement, in words.
struct Shortage {
  let requirement: Requirement
  /// The worker that has the stream now is not among those that are looked at.
  let isOfOthers: Bool
  /// How many workers there are at all.
  let joinedCount: Int
  /// How many of them stand where the stream must run.
  let atSiteCount: Int
  /// Those that fit, in name order; none of them has room for a new stream.
  let fitting: [SchedulableWorker]
  /// The ids of those that take another stream, but not one of this cost.
  var tight: Set<Int64> = []
  /// What the stream costs a worker that has no other of its camera.
  var cost = ResourceCost(streams: 1)
  /// Streams have priorities, so that these workers have none of a lower one that could make room.
  var isOutranked = false

  /// The most names of workers in one reason.
  private static let maxNames = 5

  var reason: String {
    if joinedCount == 0 { return "\(nobody) has joined" }
    if fitting.isEmpty { return reasonForNoneFitting }
    let ready = fitting.filter { $0.phase == .ready }
    let lost = fitting.filter { $0.phase == .lost }
    let expected = fitting.filter { $0.phase == .expected }
    let draining = ready.filter(\.isDraining)
    let cordoned = ready.filter { $0.isCordoned && !$0.isDraining }
    let heldOff = ready.filter { $0.isHeldOff && !$0.isCordoned && !$0.isDraining }
    let short = fitting.filter { tight.contains($0.id) }
    let full = fitting.filter { $0.takesNewStreams && !tight.contains($0.id) }
    var parts: [String] = []
    if !full.isEmpty { parts.append(describe(full: full)) }
    if !short.isEmpty {
      parts.append("fitting workers have not enough left (\(amount)): \(names(short))")
    }
    if isOutranked, !full.isEmpty || !short.isEmpty {
      parts.append("no stream of a lower priority could make room")
    }
    if !heldOff.isEmpty {
      parts.append("fitting workers come and go, and are held off: \(names(heldOff))")
    }
    if !cordoned.isEmpty { parts.append("fitting workers are cordoned: \(names(cordoned))") }
    if !draining.isEmpty { parts.append("fitting workers are draining: \(names(draining))") }
    if !expected.isEmpty {
      parts.append("fitting workers have not come back yet: \(names(expected))")
    }
    if !lost.isEmpty { parts.append("fitting workers are lost: \(names(lost))") }
    return parts.joined(separator: "; ")
  }

  private var nobody: String { isOfOthers ? "no other worker" : "no worker" }

  private var reasonForNoneFitting: String {
    let labels = requirement.labels.terms.map(\.description).joined(separator: ",")
    guard let site = requirement.site else {
      return "\(nobody) has the labels '\(labels)' (\(considered(joinedCount)))"
    }
    if atSiteCount == 0 {
      return "\(nobody) is at the camera's site '\(site)' (\(considered(joinedCount)))"
    }
    return "\(nobody) of site '\(site)' has the labels '\(labels)' (\(considered(atSiteCount)))"
  }

  private func considered(_ count: Int) -> String {
    "\(count) \(count == 1 ? "worker" : "workers") considered"
  }

  private func describe(full: [SchedulableWorker]) -> String {
    let capacities = Set(full.map(\.capacity))
    if full.count == 1 {
      return "fitting worker \(full[0].name) is full (capacity \(full[0].capacity))"
    }
    let subject = full.count == fitting.count ? "all \(full.count)" : "\(full.count)"
    let capacity =
      capacities.count == 1
      ? "capacity \(full[0].capacity) each"
      : "capacity \(full.map(\.capacity).reduce(0, +)) in total"
    return "\(subject) fitting workers are full (\(capacity))"
  }

  private var amount: String {
    "it takes \(cost.cpuMillicores) millicores and \(cost.memoryMiB) MiB"
  }

  private func names(_ workers: [SchedulableWorker]) -> String {
    let shown = workers.prefix(Self.maxNames).map(\.name.text).joined(separator: ", ")
    let rest = workers.count - Self.maxNames
    return rest > 0 ? "\(shown) and \(rest) more" : shown
  }
}
