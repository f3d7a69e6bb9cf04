package import AspenModel

/// The body of a create request: `{"name", "labels"?, "annotations"?, "spec"}`, its spec still unread.
package struct CreateBody: Sendable, Hashable {
  package let name: ObjectName
  package let labels: Labels
  package let annotations: Annotations
  package let spec: JSONValue

  /// A body of its parts.
  package init(
    name: ObjectName, labels: Labels = Labels(), annotations: Annotations = Annotations(),
    spec: JSONValue
  ) {
    self.name = name
    self.labels = labels
    self.annotations = annotations
    self.spec = spec
  }

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields in CreateBody(&fields) }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  /// Reads the members that a whole resource has in every request; nil if one is wrong.
  init?(_ fields: inout FieldReader) {
    let spec = fields.value("spec") ?? .object([])
    let labels = fields.labels()
    let annotations = fields.annotations()
    let pointer = fields.pointer("name")
    guard let text = fields.requiredText("name") else { return nil }
    let name = fields.parsed("name") { () throws(ValidationError) in
      try ObjectName(text, field: pointer)
    }
    guard let name, let labels, let annotations else { return nil }
    self.init(name: name, labels: labels, annotations: annotations, spec: spec)
  }
}

/// The body of an update: a JSON Merge Patch (RFC 7396) of `{"labels", "annotations", "spec"}`.
package struct UpdateBody: Sendable, Hashable {
  /// The labels after the patch.
  package let labels: Labels
  /// The annotations after the patch.
  package let annotations: Annotations
  /// The spec after the patch, still unread.
  package let spec: JSONValue

  /// What a resource is to be.
  package init(labels: Labels, annotations: Annotations, spec: JSONValue) {
    self.labels = labels
    self.annotations = annotations
    self.spec = spec
  }

  /// Applies `json` to what is stored. What is left out or null stays.
  package init(json: JSONValue, current: Resource) throws(ValidationError) {
    let read = try FieldReader.read(json) { fields in
      (
        labels: fields.value("labels"), annotations: fields.value("annotations"),
        spec: fields.value("spec")
      )
    }
    if let spec = read.spec, spec.members == nil {
      throw ValidationError("/spec", "must be an object, not \(spec.kindName)")
    }
    labels =
      try read.labels.map { patch throws(ValidationError) in
        try Labels(json: current.metadata.labels.json.merged(with: patch))
      } ?? current.metadata.labels
    annotations =
      try read.annotations.map { patch throws(ValidationError) in
        try Annotations(json: current.metadata.annotations.json.merged(with: patch))
      } ?? current.metadata.annotations
    spec = read.spec.map { current.spec.merged(with: $0) } ?? current.spec
  }
}

/// The body of a revert: `{"generation"}`.
package struct RevertBody: Sendable, Hashable {
  package let generation: Int64

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let generation = try FieldReader.read(json) { fields -> Int64? in
      if fields.value("generation") == nil { return fields.violate("generation", "is required") }
      return fields.wholeNumber("generation", in: 1...Int64.max)
    }
    guard let generation else { throw ValidationError("/generation", "is required") }
    self.generation = generation
  }
}

extension FieldReader {
  /// The labels of a request's body; none if they are left out, nil if they are wrong.
  mutating func labels() -> Labels? {
    guard let json = value("labels") else { return Labels() }
    let pointer = pointer("labels")
    return parsed("labels") { () throws(ValidationError) in
      try Labels(json: json, field: pointer)
    }
  }

  /// The annotations of a request's body; none if they are left out, nil if they are wrong.
  mutating func annotations() -> Annotations? {
    guard let json = value("annotations") else { return Annotations() }
    let pointer = pointer("annotations")
    return parsed("annotations") { () throws(ValidationError) in
      try Annotations(json: json, field: pointer)
    }
  }
}
