import AspenModel

/// One field that a change gives another value.
struct FieldChange: Sendable, Hashable {
  /// The field for people: `spec.max_fps`.
  let field: String
  /// Nil where it was not there.
  let before: JSONValue?
  /// Nil where it is gone.
  let after: JSONValue?

  init(_ field: String, before: JSONValue?, after: JSONValue?) {
    self.field = field
    self.before = before
    self.after = after
  }

  /// Reads one that the controller tells of.
  init?(_ json: JSONValue) {
    guard let field = json["field"]?.text else { return nil }
    self.init(JSONPointer.text(field), before: json["before"], after: json["after"])
  }

  /// `spec.max_fps: 5 → 10`
  var line: String { "\(field): \(Self.text(before)) → \(Self.text(after))" }

  /// The same as lines of a diff.
  var diffLines: [String] {
    [before.map { "- \(field): \(Self.text($0))" }, after.map { "+ \(field): \(Self.text($0))" }]
      .compactMap { $0 }
  }

  private static func text(_ value: JSONValue?) -> String { value?.serializedText ?? "-" }

  /// What is different, field by field; a list is one field.
  static func between(
    _ before: JSONValue?, _ after: JSONValue?, at field: String = ""
  ) -> [FieldChange] {
    if before == after { return [] }
    let isNested = before?.members != nil || after?.members != nil
    let isPlain =
      before.map { $0.members == nil } ?? false || after.map { $0.members == nil } ?? false
    guard isNested, !isPlain else { return [FieldChange(field, before: before, after: after)] }
    let names = Set((before?.members ?? []).map(\.name) + (after?.members ?? []).map(\.name))
    let changes = names.sorted().flatMap { name in
      between(before?[name], after?[name], at: field.isEmpty ? name : "\(field).\(name)")
    }
    // An empty object that comes or goes has no field that could say so.
    return changes.isEmpty ? [FieldChange(field, before: before, after: after)] : changes
  }

  /// What is different between two states of a resource in what its users set.
  static func betweenResources(_ before: JSONValue?, _ after: JSONValue?) -> [FieldChange] {
    ["labels", "annotations", "spec"].flatMap { name in
      between(filled(before, name), filled(after, name), at: name)
    }
  }

  /// An empty object and none are the same.
  private static func filled(_ resource: JSONValue?, _ name: String) -> JSONValue? {
    guard let value = resource?[name], value.members?.isEmpty != true else { return nil }
    return value
  }
}
