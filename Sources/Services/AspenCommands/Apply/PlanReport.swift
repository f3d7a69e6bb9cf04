import AspenModel

/// What the controller would do: the changes, the streams that would move, and those without a place.
struct PlanReport: Sendable {
  let changes: ApplyReport
  private let placements: [JSONValue]
  private let unplaced: [JSONValue]

  /// Nil when the answer is not such a report.
  init?(_ json: JSONValue) {
    guard let changes = ApplyReport(json), let placements = json["placements"]?.elements,
      let unplaced = json["unplaced"]?.elements
    else { return nil }
    self.changes = changes
    self.placements = placements
    self.unplaced = unplaced
  }

  var text: String {
    var parts: [String] = []
    if changes.hasChanges { parts.append(changes.diff) }
    parts.append(placements.isEmpty ? "no stream moves\n" : placementTable)
    if !unplaced.isEmpty { parts.append(unplacedTable) }
    return parts.joined(separator: "\n")
  }

  private var placementTable: String {
    var table = TextTable(header: ["STREAM", "ACTION", "FROM", "TO", "REASON"])
    for placement in placements {
      let row = ResourceRow(json: placement, now: 0)
      table.add(["stream", "action", "from", "to", "reason"].map { row.cell(row.value($0)) })
    }
    return table.text()
  }

  private var unplacedTable: String {
    var table = TextTable(header: ["WITHOUT A PLACE", "REASON"])
    for stream in unplaced {
      let row = ResourceRow(json: stream, now: 0)
      table.add(["stream", "reason"].map { row.cell(row.value($0)) })
    }
    return table.text()
  }
}
