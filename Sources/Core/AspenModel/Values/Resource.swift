/// One thing that the control plane keeps, of any kind: what users wrote, without its secrets.
package struct Resource: Sendable, Hashable {
  package let kind: ResourceKind
  package let metadata: ResourceMetadata
  /// The spec as stored and shown.
  package let spec: JSONValue
  /// The labels that decide who may touch it: a camera's own, for a stream its camera's. Nil for what
  /// belongs to no camera.
  package let cameraLabels: Labels?

  /// A stored thing.
  package init(
    kind: ResourceKind, metadata: ResourceMetadata, spec: JSONValue, cameraLabels: Labels?
  ) {
    self.kind = kind
    self.metadata = metadata
    self.spec = spec
    self.cameraLabels = cameraLabels
  }
}
