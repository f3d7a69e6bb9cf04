import AspenModel
import AspenScheduler
import Testing

/// A cluster in a few words a line, and questions to the planner.
///
/// | line | meaning |
/// |---|---|
/// | `worker NAME CAPACITY PHASE …` | `cordoned` `draining` `held-off` `lease-over` `at:SITE` `cpu:MILLICORES` `memory:MIB` `lost-for:SECONDS` `KEY=VALUE` |
/// | `stream NAME …` | `disabled` `deleted` `at:SITE` `needs:SELECTOR` `prefers:SELECTOR*WEIGHT` `avoids:SELECTOR*WEIGHT` `priority:N` `partition:RULE` `camera:N` `cpu:MILLICORES` `memory:MIB` `decode:MILLICORES` `on:WORKER@GENERATION` `from:WORKER` `age:SECONDS` `streaming` `exclusive` |
/// | `site NAME spread` or `pack` | how its workers share streams out |
/// | `policy spread` or `pack` | the same where no site says it |
/// | `plan` | what changes, what runs nowhere and why |
/// | `apply` | performs the last plan |
/// | `explain STREAM` | every worker as a place for it |
/// | `lose WORKER` | what would happen if it went |
///
/// A worker or stream that is named again is changed.
struct Scenario {
  private var workers: [(name: String, worker: SchedulableWorker)] = []
  private var streams: [(name: String, words: [String], current: CurrentPlacement?)] = []
  private var policies: [ObjectName: PlacementPolicy] = [:]
  private var rules = PlannerRules()
  private var lastPlan: Plan?

  /// What a line answers; nil if it is no question.
  mutating func perform(_ line: String) throws -> [String]? {
    let words = line.split(separator: " ").map(String.init)
    switch words[0] {
    case "worker": try setWorker(words)
    case "stream": try setStream(words)
    case "site": policies[try ObjectName(words[1])] = PlacementPolicy(rawValue: words[2])
    case "policy": rules.policy = try #require(PlacementPolicy(rawValue: words[1]))
    case "apply": try apply()
    case "plan":
      let snapshot = try snapshot()
      let plan = Planner.plan(snapshot, rules: rules)
      lastPlan = plan
      return ScenarioWords(snapshot).lines(plan)
    case "explain": return try explain(words[1])
    case "lose": return try lose(words[1])
    default: throw ScenarioError(line: line)
    }
    return nil
  }

  func snapshot() throws -> ClusterSnapshot {
    let ids = Dictionary(uniqueKeysWithValues: workers.map { ($0.name, $0.worker.id) })
    return ClusterSnapshot(
      streams: try streams.enumerated().map { index, entry in
        try Self.stream(entry.words, id: Int64(index + 101), entry.current, workerIDs: ids)
      },
      workers: workers.map(\.worker), policies: policies)
  }

  private mutating func setWorker(_ words: [String]) throws {
    let known = workers.firstIndex { $0.name == words[1] }
    let options = Array(words.dropFirst(4))
    let labels = options.filter { $0.contains("=") }.joined(separator: ",")
    let worker = SchedulableWorker(
      id: Int64((known ?? workers.count) + 1), name: try ObjectName(words[1]),
      labels: try Labels(parsing: labels),
      site: try value("at:", options).map { try ObjectName($0) },
      capacity: try #require(Int(words[2])), cpuMillicores: try number("cpu:", options),
      memoryMiB: try number("memory:", options),
      phase: try #require(WorkerPhase(rawValue: words[3])),
      isCordoned: options.contains("cordoned"), isDraining: options.contains("draining"),
      isHeldOff: options.contains("held-off"),
      lostFor: try number("lost-for:", options).map { .seconds($0) },
      isLeaseOver: options.contains("lease-over"))
    if let known {
      workers[known].worker = worker
    } else {
      workers.append((words[1], worker))
    }
  }

  private mutating func setStream(_ words: [String]) throws {
    var current: CurrentPlacement?
    let known = streams.firstIndex { $0.name == words[1] }
    if let text = value("on:", words) {
      let parts = text.split(separator: "@")
      let worker = workers.first { $0.name == parts[0] }?.worker.id
      current = CurrentPlacement(
        workerID: worker ?? 999, generation: try #require(Int64(parts[1])),
        age: try number("age:", words).map { .seconds($0) },
        previousWorkerID: value("from:", words).flatMap { name in
          workers.first { $0.name == name }?.worker.id
        })
    } else if let known {
      current = streams[known].current
    }
    let entry = (words[1], words, current)
    if let known { streams[known] = entry } else { streams.append(entry) }
  }

  private static func stream(
    _ words: [String], id: Int64, _ current: CurrentPlacement?, workerIDs: [String: Int64]
  ) throws -> SchedulableStream {
    SchedulableStream(
      id: id, name: try ObjectName(words[1]), isEnabled: !words.contains("disabled"),
      require: try LabelSelector(parsing: value("needs:", words) ?? ""),
      site: try value("at:", words).map { try ObjectName($0) },
      wishes: Wishes(prefer: try wishes("prefers:", words), avoid: try wishes("avoids:", words)),
      priority: try number("priority:", words) ?? StreamSpec.defaultPriority,
      onPartition: value("partition:", words).flatMap { PartitionRule(rawValue: $0) } ?? .replace,
      cameraID: try number("camera:", words).map(Int64.init),
      cost: StreamCost(
        own: ResourceCost(
          streams: 1, cpuMillicores: try number("cpu:", words) ?? 0,
          memoryMiB: try number("memory:", words) ?? 0),
        camera: ResourceCost(cpuMillicores: try number("decode:", words) ?? 0)),
      current: current, isStreaming: words.contains("streaming"),
      isExclusive: words.contains("exclusive"), isDeletionRequested: words.contains("deleted"))
  }

  private static func wishes(_ prefix: String, _ words: [String]) throws -> [PlacementWish] {
    try words.filter { $0.hasPrefix(prefix) }.map { word in
      let parts = word.dropFirst(prefix.count).split(separator: "*").map(String.init)
      return PlacementWish(
        selector: try LabelSelector(parsing: parts[0]), weight: try #require(Int(parts[1])))
    }
  }

  private mutating func apply() throws {
    for action in try #require(lastPlan).actions {
      let index = Int(action.streamID) - 101
      switch action {
      case .place(_, let workerID, let expected, _, let handsOver):
        let old = streams[index].current
        streams[index].current = CurrentPlacement(
          workerID: workerID, generation: (expected ?? 0) + 1, age: .zero,
          previousWorkerID: handsOver ? old?.previousWorkerID ?? old?.workerID : nil)
      case .endHandover:
        let old = try #require(streams[index].current)
        streams[index].current = CurrentPlacement(
          workerID: old.workerID, generation: old.generation, age: old.age)
      case .unassign: streams[index].current = nil
      }
    }
  }

  private func explain(_ name: String) throws -> [String] {
    let snapshot = try snapshot()
    let stream = try #require(snapshot.streams.first { $0.name.text == name })
    let found = Planner.explain(stream: stream.id, in: snapshot, rules: rules)
    return ScenarioWords(snapshot).lines(try #require(found))
  }

  private func lose(_ name: String) throws -> [String] {
    let snapshot = try snapshot()
    let worker = try #require(snapshot.workers.first { $0.name.text == name })
    let found = Planner.explainLoss(of: worker.id, in: snapshot, rules: rules)
    return ScenarioWords(snapshot).lines(try #require(found))
  }
}

/// A line that is none.
struct ScenarioError: Error {
  let line: String
}

private func value(_ prefix: String, _ words: [String]) -> String? {
  words.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
}

private func number(_ prefix: String, _ words: [String]) throws -> Int? {
  try value(prefix, words).map { try #require(Int($0)) }
}
