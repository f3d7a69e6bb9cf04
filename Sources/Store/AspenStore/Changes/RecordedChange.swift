import AspenModel

/// A change on its way into the feed, the history and the audit. JSON is text already: an assignment's labels
/// only pass through.
struct RecordedChange: Sendable {
  /// What the history keeps.
  struct Version: Sendable {
    let generation: Int64
    let labels: String
    let annotations: String
    let spec: String
  }

  /// What the audit keeps if somebody asked for the change.
  struct Audit: Sendable {
    let before: String?
    let after: String?
  }

  let kind: ResourceKind
  let id: Int64
  let name: String
  let operation: ChangeOperation
  let object: String
  var labels: String?
  var previousLabels: String?
  var cameraLabels: String?
  var previousCameraLabels: String?
  var version: Version?
  var audit: Audit?
}

extension RecordedChange {
  /// A new resource.
  static func created(_ resource: Resource) -> RecordedChange {
    var change = of(resource, .created)
    change.version = Version(resource)
    change.audit = Audit(before: nil, after: resource.audited().serializedText)
    return change
  }

  /// A resource that was `before`. A new password shows as `***`.
  static func updated(
    _ resource: Resource, from before: Resource, withPassword: Bool = false
  ) -> RecordedChange {
    var change = of(resource, .updated)
    change.previousLabels = before.metadata.labels.json.serializedText
    change.previousCameraLabels = before.cameraLabels?.json.serializedText
    change.version = Version(resource)
    change.audit = Audit(
      before: before.audited().serializedText,
      after: resource.audited(withPassword: withPassword).serializedText)
    return change
  }

  /// A resource that is gone.
  static func deleted(_ resource: Resource) -> RecordedChange {
    var change = of(resource, .deleted)
    change.previousLabels = change.labels
    change.previousCameraLabels = change.cameraLabels
    change.version = Version(resource)
    change.audit = Audit(before: resource.audited().serializedText, after: nil)
    return change
  }

  /// A resource of which something other than what users write has changed. `previousCameraLabels` are given
  /// when they have.
  static func touched(
    _ resource: Resource, previousCameraLabels: Labels? = nil
  ) -> RecordedChange {
    var change = of(resource, .updated)
    change.previousLabels = change.labels
    change.previousCameraLabels = previousCameraLabels?.json.serializedText ?? change.cameraLabels
    return change
  }

  private static func of(_ resource: Resource, _ operation: ChangeOperation) -> RecordedChange {
    RecordedChange(
      kind: resource.kind, id: resource.metadata.id, name: resource.metadata.name.text,
      operation: operation, object: resource.json.serializedText,
      labels: resource.metadata.labels.json.serializedText,
      cameraLabels: resource.cameraLabels?.json.serializedText)
  }
}

extension RecordedChange.Version {
  fileprivate init(_ resource: Resource) {
    generation = resource.metadata.generation
    labels = resource.metadata.labels.json.serializedText
    annotations = resource.metadata.annotations.json.serializedText
    spec = resource.spec.serializedText
  }
}

extension Resource {
  fileprivate func audited(withPassword: Bool = false) -> JSONValue {
    let secret: JSONValue = withPassword ? ["password": "***"] : .object([])
    return .object(compacting: [
      ("labels", metadata.labels.json), ("annotations", metadata.annotations.json),
      ("spec", spec.merged(with: secret)),
      ("deletion_requested_at", metadata.deletionRequestedAt.map { .string($0.text) }),
    ])
  }
}
