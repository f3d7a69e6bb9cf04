import AspenModel

/// An entry of the audit as a table shows it.
struct AuditEntryText: Sendable, Hashable {
  let time: String
  let actor: String
  let operation: String
  let object: String
  /// The fields whose value is another than before: `spec.address`.
  let changed: String
  /// Whether it was done, and why not.
  let outcome: String
  let address: String
  let requestID: String

  init(_ json: JSONValue) {
    time = json["at"]?.text ?? "-"
    let kind = json["actor"]?["kind"]?.text
    actor = [kind, json["actor"]?["name"]?.text].compactMap { $0 }.joined(separator: " ")
    operation = json["operation"]?.text ?? "-"
    let objectKind = (json["object"]?["kind"] ?? json["kind"])?.text
    let objectName = (json["object"]?["name"] ?? json["name"])?.text
    let names = [objectKind, objectName].compactMap { $0 }
    object = names.isEmpty ? "-" : names.joined(separator: "/")
    let before = json["before"] ?? .null
    let after = json["after"] ?? .null
    switch (before, after) {
    case (.null, .null): changed = "-"
    case (.null, _): changed = "new"
    case (_, .null): changed = "gone"
    default:
      let paths = Self.changes(before, after, at: "")
      changed = paths.isEmpty ? "-" : paths.joined(separator: ",")
    }
    let message = json["message"]?.text ?? ""
    outcome = (json["outcome"]?.text ?? "-") + (message.isEmpty ? "" : ": \(message)")
    address = json["address"]?.text ?? "-"
    requestID = json["request_id"]?.text ?? "-"
  }

  /// The paths at which two documents differ.
  private static func changes(_ before: JSONValue, _ after: JSONValue, at path: String) -> [String]
  {
    if before == after { return [] }
    guard let old = before.members, let new = after.members else { return [path] }
    let names = Set(old.map(\.name)).union(new.map(\.name)).sorted()
    return names.flatMap { name in
      changes(
        before[name] ?? .null, after[name] ?? .null, at: path.isEmpty ? name : "\(path).\(name)")
    }
  }
}
