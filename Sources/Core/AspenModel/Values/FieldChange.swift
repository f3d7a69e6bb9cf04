/// One field that differs between two versions of a resource.
package struct FieldChange: Sendable, Hashable {
  /// A JSON Pointer: `/spec/address`.
  package let field: String
  /// Nil if it was not there.
  package let before: JSONValue?
  /// Nil if it is there no more.
  package let after: JSONValue?

  /// A field with what it was and is.
  package init(field: String, before: JSONValue?, after: JSONValue?) {
    self.field = field
    self.before = before
    self.after = after
  }

  /// What differs in labels, annotations and spec, in the order of the fields.
  package static func between(_ before: Resource, _ after: Resource) -> [FieldChange] {
    between(before.metadata.labels.json, after.metadata.labels.json, at: "/labels")
      + between(
        before.metadata.annotations.json, after.metadata.annotations.json, at: "/annotations")
      + between(before.spec, after.spec, at: "/spec")
  }

  /// What differs between two documents; arrays are compared as wholes.
  package static func between(
    _ before: JSONValue, _ after: JSONValue, at field: String
  ) -> [FieldChange] {
    guard let old = before.members, let new = after.members else {
      return before == after ? [] : [FieldChange(field: field, before: before, after: after)]
    }
    var names: [String] = []
    for member in old + new where !names.contains(member.name) { names.append(member.name) }
    return names.sorted().flatMap { name -> [FieldChange] in
      let place = field + "/" + FieldReader.escaped(name)
      switch (before[name], after[name]) {
      case (let was?, let now?): return between(was, now, at: place)
      case (nil, nil): return []
      case (let was, let now): return [FieldChange(field: place, before: was, after: now)]
      }
    }
  }
}
