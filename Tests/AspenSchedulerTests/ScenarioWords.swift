import AspenModel
import AspenScheduler

/// What the planner says, in lines that an operator understands.
struct ScenarioWords {
  private let streams: [Int64: String]
  private let workers: [Int64: String]
  private let places: [Int64: String]

  init(_ snapshot: ClusterSnapshot) {
    streams = Dictionary(uniqueKeysWithValues: snapshot.streams.map { ($0.id, $0.name.text) })
    workers = Dictionary(uniqueKeysWithValues: snapshot.workers.map { ($0.id, $0.name.text) })
    places = Dictionary(
      uniqueKeysWithValues: snapshot.streams.compactMap { [workers] stream in
        stream.current.map { (stream.id, workers[$0.workerID] ?? "a worker that is gone") }
      })
  }

  func lines(_ plan: Plan) -> [String] {
    let actions = plan.actions.map { action in
      let source = places[action.streamID].map { " (was on \($0))" } ?? ""
      return switch action {
      case .place(let stream, let worker, _, let reason, let handsOver):
        "\(name(stream)) -> \(workers[worker] ?? "?")\(source)\(handsOver ? ", handed over" : ""): \(reason)"
      case .endHandover(let stream, _, let reason):
        "\(name(stream)) is handed over: \(reason)"
      case .unassign(let stream, _, let reason):
        "\(name(stream)) -> nowhere\(source): \(reason)"
      }
    }
    let others =
      plan.unplaced.map { "\(name($0.streamID)) runs nowhere: \($0.reason)" }
      + plan.stuck.map { "\(name($0.streamID)) is stuck: \($0.reason)" }
    return actions.isEmpty ? ["nothing changes"] + others : actions + others
  }

  func lines(_ explanation: Explanation) -> [String] {
    explanation.candidates.map { candidate in
      let verdict =
        candidate.isFeasible ? "could have it" : candidate.reasons.joined(separator: ", ")
      let merits = candidate.merits.map { "; \($0)" }.joined()
      return "\(candidate.worker), \(candidate.freeStreams) free: \(verdict)\(merits)"
    } + [explanation.reason.map { "so: \($0)" } ?? "so: it stays where it is"]
  }

  func lines(_ explanation: LossExplanation) -> [String] {
    func line(_ fate: LossExplanation.Fate) -> String {
      "\(fate.stream) -> \(fate.target?.text ?? "nowhere"): \(fate.reason)"
    }
    if explanation.streams.isEmpty { return ["it has no streams"] }
    let others = explanation.others.map { "to make room: " + line($0) }
    return explanation.streams.map(line) + others
  }

  private func name(_ stream: Int64) -> String { streams[stream] ?? "?" }
}
