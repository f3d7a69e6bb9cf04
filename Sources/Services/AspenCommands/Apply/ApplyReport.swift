import AspenModel

/// What the controller did, or would do, with each document.
struct ApplyReport: Sendable, Hashable {
  /// One document's result.
  struct Result: Sendable, Hashable {
    let kind: String
    let name: String
    let action: String
    let changes: [FieldChange]
  }

  let results: [Result]

  /// Nil when the answer is not such a report.
  init?(_ json: JSONValue) {
    guard let results = json["results"]?.elements else { return nil }
    var read: [Result] = []
    for result in results {
      guard let kind = result["kind"]?.text, let name = result["name"]?.text,
        let action = result["action"]?.text
      else { return nil }
      read.append(
        Result(
          kind: kind, name: name, action: action,
          changes: (result["changes"]?.elements ?? []).compactMap(FieldChange.init)))
    }
    self.results = read
  }

  /// Whether anything is different.
  var hasChanges: Bool { results.contains { $0.action != "unchanged" } }

  /// A line a document, and the fields of those that were there before.
  func text(isDryRun: Bool) -> String {
    lines { result in
      let words = isDryRun ? "\(result.action) (dry run)" : result.action
      let changes = result.action == "created" ? [] : result.changes.map { "  " + $0.line }
      return ["\(result.kind)/\(result.name) \(words)"] + changes
    }
  }

  /// A line `kind/name` a document.
  var names: String { lines { ["\($0.kind)/\($0.name)"] } }

  /// The differences as lines of a diff; what is the same is left out.
  var diff: String {
    lines { result in
      guard result.action != "unchanged" else { return [] }
      let mark = result.action == "created" ? "+" : "~"
      return ["\(mark) \(result.kind)/\(result.name)"]
        + result.changes.flatMap(\.diffLines).map { "  " + $0 }
    }
  }

  private func lines(_ text: (Result) -> [String]) -> String {
    results.flatMap(text).map { TerminalText.line($0) + "\n" }.joined()
  }
}
