import AspenModel

/// Why a stream runs where it runs, or nowhere, and what to do about it.
struct StreamExplanation: Sendable {
  let explanation: JSONValue
  /// The stream itself, for its conditions and faults; nil when it could not be read.
  let stream: JSONValue?

  var name: String { explanation["stream"]?.text ?? "" }

  var json: JSONValue {
    let members =
      (explanation.members ?? []) + [
        .init("conditions", .array(conditions)), .init("next", .array(steps.map { .string($0) })),
      ]
    return .object(members)
  }

  private var conditions: [JSONValue] { stream?["status"]?["conditions"]?.elements ?? [] }

  /// What would help, most likely first.
  var steps: [String] { NextSteps.steps(explanation, stream) }

  var text: String {
    let row = ResourceRow(json: explanation, now: 0)
    let why = stream.map { ResourceRow(json: $0, now: 0).why } ?? "-"
    var summary = TextTable(header: ["", ""])
    for (title, cell) in [
      ("Stream", name), ("Phase", row.cell(row.value("phase"))),
      ("Message", row.value("phase")?.text == "streaming" ? "-" : why),
      ("Worker", row.cell(row.value("worker"))), ("Why", row.cell(row.value("reason"))),
    ] where cell != "-" {
      summary.add([title + ":", cell])
    }
    let parts = [summary.text(showsHeader: false), candidateTable, conditionTable, stepLines]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var candidateTable: String {
    guard let candidates = explanation["candidates"]?.elements, !candidates.isEmpty else {
      return ""
    }
    var table = TextTable(header: ["WORKER", "FITS", "FREE", "WHY"])
    for candidate in candidates {
      let row = ResourceRow(json: candidate, now: 0)
      let isHere = candidate["worker"] == explanation["worker"]
      let isFeasible = candidate["feasible"]?.flag == true
      let words = candidate[isFeasible ? "merits" : "reasons"]
      let reasons = (words?.elements ?? []).compactMap(\.text)
      table.add([
        row.cell(row.value("worker")) + (isHere ? " (here)" : ""),
        row.cell(row.value("feasible")), row.cell(row.value("free_streams")),
        reasons.isEmpty ? "-" : reasons.joined(separator: "; "),
      ])
    }
    return table.text()
  }

  private var conditionTable: String {
    if conditions.isEmpty { return "" }
    var table = TextTable(header: ["CONDITION", "STATUS", "REASON", "MESSAGE"])
    for condition in conditions {
      let row = ResourceRow(json: condition, now: 0)
      table.add(["type", "status", "reason", "message"].map { row.cell(row.value($0)) })
    }
    return table.text()
  }

  private var stepLines: String {
    steps.map { "next: \(TerminalText.line($0))\n" }.joined()
  }
}
