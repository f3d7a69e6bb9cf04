import AspenModel

/// How `aspen watch` prints a change.
struct FollowLine: Sendable {
  /// The formats of a stream of changes.
  enum Format: Sendable, Hashable {
    case table, json, yaml, name
    case template(JSONPath)
  }

  let kind: ResourceKind
  let format: Format
  /// Whether programs get the events or the resources alone.
  let showsEvents: Bool

  /// The titles of the table; nil for programs.
  var header: String? {
    format == .table ? Self.columns(["EVENT", "NAME", "REVISION", "CHANGES"]) : nil
  }

  /// The text of one change.
  func text(_ output: FollowState.Output) -> String {
    guard case .resource(let type, let revision, let resource, let before) = output else {
      return ""
    }
    let name = FollowState.name(resource)
    switch format {
    case .name:
      let path = "\(kind.rawValue)/\(name)"
      return TerminalText.line(showsEvents ? "\(type) \(path)" : path) + "\n"
    case .table:
      let cells = [type, name, String(revision), changes(type, resource, before)]
      return Self.columns(cells.map(TerminalText.line))
    case .json, .yaml, .template:
      let document: JSONValue =
        showsEvents
        ? [
          "type": .string(type), "revision": .integer(revision), "kind": .string(kind.rawValue),
          "object": resource,
        ] : resource
      return switch format {
      case .yaml: "---\n" + YAMLText.write(document)
      case .template(let path): path.text(of: document) + "\n"
      default: document.serializedText + "\n"
      }
    }
  }

  private func changes(_ type: String, _ resource: JSONValue, _ before: JSONValue?) -> String {
    switch type {
    case "listed", "created": return TerminalText.labels(resource["labels"])
    case "deleted": return "-"
    default:
      guard let before else { return "-" }
      let changes = FieldChange.betweenResources(before, resource)
      return changes.isEmpty ? "-" : changes.map(\.line).joined(separator: ", ")
    }
  }

  /// Lines come one after the other, so the columns' widths are given: a name has up to 253
  /// characters, most have fewer than 24.
  private static func columns(_ cells: [String]) -> String {
    let widths = [7, 24, 8, 0]
    var line = zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, 0))
    }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }
}
