package import AspenModel

/// The body of a create request: `{"name", "labels"?, "spec"}`, its spec still unread.
package struct CreateBody: Sendable, Hashable {
  package let name: ObjectName
  package let labels: Labels
  package let spec: JSONValue

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> CreateBody? in
      let spec = fields.value("spec") ?? .object([])
      var labels: Labels? = Labels()
      if let json = fields.value("labels") {
        labels = fields.parsed("labels") { () throws(ValidationError) in try Labels(json: json) }
      }
      guard let text = fields.requiredText("name") else { return nil }
      let name = fields.parsed("name") { () throws(ValidationError) in try ObjectName(text) }
      guard let name, let labels else { return nil }
      return CreateBody(name: name, labels: labels, spec: spec)
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private init(name: ObjectName, labels: Labels, spec: JSONValue) {
    self.name = name
    self.labels = labels
    self.spec = spec
  }
}

/// The body of an update: a JSON Merge Patch (RFC 7396) of `{"labels", "spec"}`.
package struct UpdateBody: Sendable, Hashable {
  /// The labels after the patch.
  package let labels: Labels
  /// The spec after the patch, still unread.
  package let spec: JSONValue

  /// Applies `json` to what is stored.
  package init(
    json: JSONValue, labels current: Labels, spec currentSpec: JSONValue
  ) throws(ValidationError) {
    let read = try FieldReader.read(json) { fields in
      (labels: fields.value("labels"), spec: fields.value("spec"))
    }
    if let spec = read.spec, spec.members == nil {
      throw ValidationError("/spec", "must be an object, not \(spec.kindName)")
    }
    labels =
      try read.labels.map { patch throws(ValidationError) in
        try Labels(json: current.json.merged(with: patch))
      } ?? current
    spec = read.spec.map { currentSpec.merged(with: $0) } ?? currentSpec
  }
}

/// The spec of a new join token.
package struct JoinTokenSpec: Sendable, Hashable {
  /// How many workers may join; nil is any number.
  package let uses: Int?
  /// Seconds until it expires; nil is never.
  package let expiresInSeconds: Int64?

  /// Reads a spec strictly.
  package init(json: JSONValue) throws(ValidationError) {
    self = try FieldReader.read(json, at: "/spec") { fields in
      JoinTokenSpec(
        uses: fields.wholeNumber("uses", in: 1...1_000_000).map(Int.init),
        expiresInSeconds: fields.wholeNumber("expires_in_seconds", in: 1...31_536_000))
    }
  }

  private init(uses: Int?, expiresInSeconds: Int64?) {
    self.uses = uses
    self.expiresInSeconds = expiresInSeconds
  }
}

/// The body of a worker's join request.
package struct JoinBody: Sendable, Hashable {
  package let name: ObjectName
  package let labels: Labels
  package let capacityStreams: Int
  package let version: String

  /// Reads the body strictly.
  package init(json: JSONValue) throws(ValidationError) {
    let body = try FieldReader.read(json) { fields -> JoinBody? in
      let capacity = fields.wholeNumber(
        "capacity_streams", in: 1...Int64(Worker.maxCapacityStreams))
      let version = fields.text("version", maxBytes: 64) ?? "unknown"
      var labels: Labels? = Labels()
      if let json = fields.value("labels") {
        labels = fields.parsed("labels") { () throws(ValidationError) in try Labels(json: json) }
      }
      guard let text = fields.requiredText("name") else { return nil }
      let name = fields.parsed("name") { () throws(ValidationError) in try ObjectName(text) }
      guard let name, let labels else { return nil }
      return JoinBody(
        name: name, labels: labels, capacityStreams: Int(capacity ?? 20), version: version)
    }
    guard let body else { throw ValidationError("/", "is not complete") }
    self = body
  }

  private init(name: ObjectName, labels: Labels, capacityStreams: Int, version: String) {
    self.name = name
    self.labels = labels
    self.capacityStreams = capacityStreams
    self.version = version
  }
}
