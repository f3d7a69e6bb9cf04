package import AspenModel

/// One document of an apply: what one thing shall be, its spec still unread.
package struct ApplyDocument: Sendable, Hashable {
  package let kind: ResourceKind
  package let name: ObjectName
  package let labels: Labels
  package let annotations: Annotations
  package let spec: JSONValue

  /// The kinds that documents describe. Tokens are none of them: their secrets are shown once, to
  /// whoever asks for one.
  package static let kinds: [ResourceKind] = [
    .camera, .stream, .worker, .site, .user, .roleBinding,
  ]

  /// Reads a document strictly; errors are named below `path`.
  init(json: JSONValue, at path: String) throws(ValidationError) {
    let document = try FieldReader.read(json, at: path) { fields -> ApplyDocument? in
      let kind = Self.kind(&fields)
      guard let body = CreateBody(&fields), let kind else { return nil }
      return ApplyDocument(kind: kind, body)
    }
    guard let document else { throw ValidationError(path, "is not complete") }
    self = document
  }

  private init(kind: ResourceKind, _ body: CreateBody) {
    self.kind = kind
    name = body.name
    labels = body.labels
    annotations = body.annotations
    spec = body.spec
  }

  private static func kind(_ fields: inout FieldReader) -> ResourceKind? {
    guard let text = fields.requiredText("kind") else { return nil }
    if let kind = ResourceKind(rawValue: text), kinds.contains(kind) { return kind }
    return fields.violate(
      "kind", "must be one of: \(kinds.map(\.rawValue).joined(separator: ", "))")
  }
}

/// The body of an apply and of a plan: `{"documents": [{"kind", "name", "labels"?, "annotations"?,
/// "spec"}]}`.
package struct ApplyBody: Sendable, Hashable {
  package let documents: [ApplyDocument]

  /// The most documents of one request: its transaction holds up all other changes.
  package static let maxDocuments = 1000

  /// Reads the body strictly; everything wrong with all documents is reported at once. A plan
  /// `allowsNothing` to be changed.
  package init(json: JSONValue, allowsNothing: Bool = false) throws(ValidationError) {
    let elements = try FieldReader.read(json) { fields -> [JSONValue]? in
      guard let value = fields.value("documents") else {
        return fields.violate("documents", "is required")
      }
      guard let elements = value.elements else {
        return fields.violate("documents", "must be an array, not \(value.kindName)")
      }
      let least = allowsNothing ? 0 : 1
      guard (least...Self.maxDocuments).contains(elements.count) else {
        return fields.violate("documents", "must have \(least) to \(Self.maxDocuments) documents")
      }
      return elements
    }
    documents = try Self.read(elements ?? [])
  }

  private static func read(_ elements: [JSONValue]) throws(ValidationError) -> [ApplyDocument] {
    var documents: [ApplyDocument] = []
    var places: [ResourceKind: [ObjectName: Int]] = [:]
    var violations: [FieldViolation] = []
    for (index, element) in elements.enumerated() {
      let path = "/documents/\(index)"
      do {
        let document = try ApplyDocument(json: element, at: path)
        let earlier = places[document.kind, default: [:]]
          .updateValue(index, forKey: document.name)
        if let earlier {
          violations.append(
            FieldViolation(
              field: path + "/name",
              reason: "names the same \(document.kind.words) as document \(earlier)"))
        }
        documents.append(document)
      } catch {
        violations += error.violations
      }
    }
    if violations.isEmpty { return documents }
    throw ValidationError(violations)
  }
}
