import AspenModel

/// Finds the change between two documents.
enum MergePatch {
  /// The merge patch (RFC 7396) that makes `new` of `old`; an empty object when they are alike.
  static func from(_ old: JSONValue, to new: JSONValue) -> JSONValue {
    guard let before = old.members, let after = new.members else { return new }
    var changes: [JSONValue.Member] = []
    for member in after {
      guard let value = old[member.name] else {
        changes.append(member)
        continue
      }
      if value == member.value { continue }
      changes.append(.init(member.name, from(value, to: member.value)))
    }
    for member in before where new[member.name] == nil {
      changes.append(.init(member.name, .null))
    }
    return .object(changes)
  }
}
