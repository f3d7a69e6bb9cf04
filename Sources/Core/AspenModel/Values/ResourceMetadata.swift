/// What every stored resource has besides its spec and status.
package struct ResourceMetadata: Sendable, Hashable {
  /// The row's number; never reused.
  package let id: Int64
  package let name: ObjectName
  package let labels: Labels
  /// Grows with every change of the spec.
  package let generation: Int64
  /// The revision of the last change of any kind; grows over all resources.
  package let resourceVersion: Int64
  package let createdAt: Timestamp
  package let updatedAt: Timestamp
  package let annotations: Annotations
  /// Set while the thing waits to be removed: its streams still stop.
  package let deletionRequestedAt: Timestamp?

  /// The metadata of a stored row.
  package init(
    id: Int64, name: ObjectName, labels: Labels, generation: Int64, resourceVersion: Int64,
    createdAt: Timestamp, updatedAt: Timestamp, annotations: Annotations = Annotations(),
    deletionRequestedAt: Timestamp? = nil
  ) {
    self.id = id
    self.name = name
    self.labels = labels
    self.generation = generation
    self.resourceVersion = resourceVersion
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.annotations = annotations
    self.deletionRequestedAt = deletionRequestedAt
  }
}
