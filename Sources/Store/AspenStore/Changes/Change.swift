package import AspenModel

/// What happened to a resource.
package enum ChangeOperation: String, Sendable, Hashable, CaseIterable {
  case created
  case updated
  case deleted
}

/// One entry of the feed: what changed, and what it is now.
package struct Change: Sendable, Hashable {
  package let revision: Int64
  package let kind: ResourceKind
  /// Of an assignment: its stream's id and name.
  package let objectID: Int64
  package let objectName: ObjectName
  package let operation: ChangeOperation
  package let at: Timestamp
  /// The object after the change, without secrets, or as it last was. Nil in entries from before the feed
  /// had objects.
  package let object: JSONValue?
  /// Its labels after the change; of an assignment those of its stream.
  package let labels: Labels?
  /// Its labels before the change; nil for what is new.
  package let previousLabels: Labels?
  /// The labels that decide who may see it; nil for what belongs to no camera.
  package let cameraLabels: Labels?
  /// These labels before the change; nil for what is new or belongs to no camera.
  package let previousCameraLabels: Labels?

  /// An entry of its parts.
  package init(
    revision: Int64, kind: ResourceKind, objectID: Int64, objectName: ObjectName,
    operation: ChangeOperation, at: Timestamp, object: JSONValue? = nil, labels: Labels? = nil,
    previousLabels: Labels? = nil, cameraLabels: Labels? = nil, previousCameraLabels: Labels? = nil
  ) {
    self.revision = revision
    self.kind = kind
    self.objectID = objectID
    self.objectName = objectName
    self.operation = operation
    self.at = at
    self.object = object
    self.labels = labels
    self.previousLabels = previousLabels
    self.cameraLabels = cameraLabels
    self.previousCameraLabels = previousCameraLabels
  }
}

/// A part of the feed.
package struct ChangePage: Sendable, Hashable {
  /// In the order of revisions, without gaps.
  package let changes: [Change]
  /// The newest revision there is; greater than the last change's when there are more to fetch.
  package let newest: Int64
}
