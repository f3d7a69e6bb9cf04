import AspenModel

/// What became of a resource, change by change.
struct HistoryList: Sendable {
  /// One change.
  struct Entry: Sendable {
    let json: JSONValue
    /// Nil when the state before is not kept any more.
    let changes: [FieldChange]?
  }

  /// Newest first.
  let entries: [Entry]

  /// `items` in any order; `isComplete` false when older ones exist that are not among them.
  init(_ items: [JSONValue], isComplete: Bool = true) {
    let sorted = items.sorted { left, right in
      (left["resource_version"]?.wholeNumber ?? 0) > (right["resource_version"]?.wholeNumber ?? 0)
    }
    entries = sorted.enumerated().map { index, item in
      let before = index + 1 < sorted.count ? sorted[index + 1] : nil
      // What was created has no state before; of what was cut off nobody knows.
      let isFirst = item["generation"]?.wholeNumber == 1 && isComplete
      let changes =
        before != nil || isFirst ? FieldChange.betweenResources(before, item) : nil
      return Entry(json: item, changes: changes)
    }
  }

  /// The entries as the API has them, with what each changed.
  var json: JSONValue {
    .array(
      entries.map { entry in
        let changes = entry.changes.map { changes in
          JSONValue.array(
            changes.map { change in
              .object(compacting: [
                ("field", .string(change.field)), ("before", change.before),
                ("after", change.after),
              ])
            })
        }
        return .object((entry.json.members ?? []) + [.init("changes", changes ?? .null)])
      })
  }

  /// A paragraph a change, newest first.
  func text(now: Int64) -> String {
    entries.map { entry in
      let row = ResourceRow(json: entry.json, now: now)
      let time = entry.json["at"]?.text
      let actor = ["kind", "name"].compactMap { entry.json["actor"]?[$0]?.text }
        .filter { !$0.isEmpty }.joined(separator: " ")
      let head = [
        "generation \(row.cell(row.value("generation")))", row.cell(row.value("operation")),
        actor.isEmpty ? "by nobody known" : "by \(actor)",
        "\(time ?? "-") (\(TerminalText.age(time, now: now)) ago)",
      ].joined(separator: "  ")
      let lines =
        entry.changes.map { $0.isEmpty ? ["nothing that users set"] : $0.map(\.line) }
        ?? ["what changed is not kept any more"]
      return ([head] + lines.map { "  " + $0 }).map { TerminalText.line($0) + "\n" }.joined()
    }.joined(separator: "\n")
  }
}
