import AspenModel

/// What would happen if a worker went, in plain words.
struct WorkerExplanation: Sendable {
  let json: JSONValue

  var text: String {
    let name = cell(json, "worker")
    let parts = [
      summary(name),
      table(fates("streams"), header: ["STREAM", "WOULD GO TO", "WHY"]) {
        ["stream", "to", "reason"]
      },
      fates("others").isEmpty ? "" : "To make room, these would have to go:\n",
      table(fates("others"), header: ["STREAM", "FROM", "WOULD GO TO", "WHY"]) {
        ["stream", "from", "to", "reason"]
      },
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func summary(_ name: String) -> String {
    let fates = fates("streams")
    if fates.isEmpty { return "If \(name) went, nothing would happen: it has no streams.\n" }
    let homeless = fates.count { $0["to"] == nil }
    let streams = fates.count == 1 ? "its stream" : "its \(fates.count) streams"
    let outcome =
      switch homeless {
      case 0: "\(streams) would run elsewhere."
      case fates.count: "\(streams) would run nowhere."
      default: "\(fates.count - homeless) of \(streams) would run elsewhere, \(homeless) nowhere."
      }
    return "If \(name) went, \(outcome)\n"
  }

  private func fates(_ name: String) -> [JSONValue] { json[name]?.elements ?? [] }

  private func table(
    _ fates: [JSONValue], header: [String], _ members: () -> [String]
  ) -> String {
    if fates.isEmpty { return "" }
    var table = TextTable(header: header)
    for fate in fates { table.add(members().map { cell(fate, $0) }) }
    return table.text()
  }

  private func cell(_ json: JSONValue, _ name: String) -> String {
    ResourceRow(json: json, now: 0).cell(json[name])
  }
}
