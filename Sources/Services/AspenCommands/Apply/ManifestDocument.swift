import AspenModel

/// One resource that a file describes.
struct ManifestDocument: Sendable, Hashable {
  let kind: ResourceKind
  let name: String
  let labels: JSONValue?
  let annotations: JSONValue?
  let spec: JSONValue
  let place: Place

  /// Where it was read, for messages.
  struct Place: Sendable, Hashable {
    let file: String
    /// Which document of the file, from 1.
    let number: Int
    /// Which item of the document, from 1, when the document is a list.
    let item: Int?
    /// Where it begins, from 1.
    let line: Int?
    /// Where its fields begin, by JSON Pointer.
    let lines: [String: Int]

    /// `cameras.yaml: document 2, line 7: spec.address: must be …`. The line is that of the field, or
    /// of the nearest thing around it.
    func message(_ field: String, _ reason: String) -> String {
      var parts = ["document \(number)"]
      if let item { parts.append("item \(item)") }
      if let line = line(of: field) { parts.append("line \(line)") }
      let name = JSONPointer.text(field)
      return "\(file): \(parts.joined(separator: ", ")): " + (name.isEmpty ? "" : "\(name): ")
        + reason
    }

    private func line(of field: String) -> Int? {
      var pointer = field[...]
      while !pointer.isEmpty {
        if let line = lines[String(pointer)] { return line }
        pointer = pointer[..<(pointer.lastIndex(of: "/") ?? pointer.startIndex)]
      }
      return line
    }
  }

  /// As the request has it.
  var json: JSONValue {
    .object(compacting: [
      ("annotations", annotations), ("kind", .string(kind.rawValue)), ("labels", labels),
      ("name", .string(name)), ("spec", spec),
    ])
  }

  /// What `get` prints and nobody can set.
  private static let readOnly: Set<String> = [
    "status", "id", "resource_version", "generation", "created_at", "updated_at",
    "deletion_requested_at",
  ]
  /// What makes itself cannot be described.
  private static let kinds = ResourceKind.allCases.filter {
    $0 != .assignment && $0 != .operation && $0 != .controller
  }

  /// Reads one document; throws everything that is wrong with it.
  init(_ json: JSONValue, at place: Place) throws(ValidationError) {
    guard let members = json.members else {
      throw ValidationError("", "must be an object with kind, name and spec, not \(json.kindName)")
    }
    let own = members.filter { !Self.readOnly.contains($0.name) }
    let parts = try FieldReader.read(.object(own)) { fields in
      (
        kind: Self.kind(&fields), name: fields.requiredText("name", maxBytes: 253),
        labels: Self.texts("labels", &fields), annotations: Self.texts("annotations", &fields),
        spec: Self.object("spec", &fields)
      )
    }
    guard let kind = parts.kind, let name = parts.name else {
      throw ValidationError("", "must have kind and name")
    }
    self.kind = kind
    self.name = name
    labels = parts.labels
    annotations = parts.annotations
    spec = parts.spec ?? .object([])
    self.place = place
  }

  private static func kind(_ fields: inout FieldReader) -> ResourceKind? {
    guard let text = fields.requiredText("kind") else { return nil }
    if let kind = kinds.first(where: { $0.rawValue == text }) { return kind }
    let words = kinds.map(\.rawValue).joined(separator: ", ")
    return fields.violate("kind", "must be one of: \(words)")
  }

  private static func object(_ name: String, _ fields: inout FieldReader) -> JSONValue? {
    guard let value = fields.value(name) else { return nil }
    guard value.members != nil else {
      return fields.violate(name, "must be an object, not \(value.kindName)")
    }
    return value
  }

  private static func texts(_ name: String, _ fields: inout FieldReader) -> JSONValue? {
    guard let value = fields.value(name) else { return nil }
    return fields.object(name) { texts in
      for member in value.members ?? [] where texts.value(member.name)?.text == nil {
        texts.refuse(member.name, "must be a text, not \(member.value.kindName); use quotes")
      }
      return value
    }
  }
}
