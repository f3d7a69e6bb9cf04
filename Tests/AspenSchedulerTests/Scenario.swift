import AspenModel
import AspenScheduler
import Testing

/// A cluster and the expected plan in a few words a line.
///
/// - worker: `NAME CAPACITY PHASE [cordoned] [draining] [at:SITE] [KEY=VALUE …]`
/// - stream: `NAME [disabled] [deleted] [at:SITE] [needs:SELECTOR] [on:WORKER@GENERATION]`
/// - expected: `NAME -> WORKER [from GENERATION]`, `NAME -> none from GENERATION`,
///   `NAME unplaced: REASON`, `NAME stuck: REASON`
struct Scenario: Sendable, CustomTestStringConvertible {
  let title: String
  let workers: [String]
  let streams: [String]
  let expected: [String]

  var testDescription: String { title }

  func snapshot() throws -> ClusterSnapshot {
    let workers = try workers.enumerated().map { try Self.worker($1, id: Int64($0 + 1)) }
    let ids = Dictionary(uniqueKeysWithValues: workers.map { ($0.name.text, $0.id) })
    let streams = try streams.enumerated().map {
      try Self.stream($1, id: Int64($0 + 101), workerIDs: ids)
    }
    return ClusterSnapshot(streams: streams, workers: workers)
  }

  private static func worker(_ line: String, id: Int64) throws -> SchedulableWorker {
    let words = line.split(separator: " ").map(String.init)
    let labels = words.dropFirst(3).filter { $0.contains("=") }.joined(separator: ",")
    return SchedulableWorker(
      id: id, name: try ObjectName(words[0]), labels: try Labels(parsing: labels),
      site: try site(words), capacity: try #require(Int(words[1])),
      phase: try #require(WorkerPhase(rawValue: words[2])),
      isCordoned: words.contains("cordoned"), isDraining: words.contains("draining"))
  }

  private static func stream(
    _ line: String, id: Int64, workerIDs: [String: Int64]
  ) throws -> SchedulableStream {
    let words = line.split(separator: " ").map(String.init)
    var current: CurrentPlacement?
    if let text = value("on:", words) {
      let parts = text.split(separator: "@")
      current = CurrentPlacement(
        workerID: workerIDs[String(parts[0])] ?? 999, generation: try #require(Int64(parts[1])))
    }
    return SchedulableStream(
      id: id, name: try ObjectName(words[0]), isEnabled: !words.contains("disabled"),
      require: try LabelSelector(parsing: value("needs:", words) ?? ""), site: try site(words),
      current: current, isDeletionRequested: words.contains("deleted"))
  }

  private static func site(_ words: [String]) throws -> ObjectName? {
    try value("at:", words).map { try ObjectName($0) }
  }

  private static func value(_ prefix: String, _ words: [String]) -> String? {
    words.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

/// The plan in the words of a scenario's expectations.
func words(_ plan: Plan, of snapshot: ClusterSnapshot) -> [String] {
  let streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0.name.text) })
  let workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0.name.text) })
  let actions = plan.actions.map { action in
    let name = streams[action.streamID] ?? "?"
    switch action {
    case .place(_, let worker, let expected, _):
      return "\(name) -> \(workers[worker] ?? "?")" + (expected.map { " from \($0)" } ?? "")
    case .unassign(_, let expected, _):
      return "\(name) -> none from \(expected)"
    }
  }
  return actions + plan.unplaced.map { "\(streams[$0.streamID] ?? "?") unplaced: \($0.reason)" }
    + plan.stuck.map { "\(streams[$0.streamID] ?? "?") stuck: \($0.reason)" }
}
