/// One video source: address, credentials, labels.
package struct Camera: Sendable, Hashable {
  package let metadata: ResourceMetadata
  package let spec: CameraSpec

  /// A stored camera.
  package init(metadata: ResourceMetadata, spec: CameraSpec) {
    self.metadata = metadata
    self.spec = spec
  }
}
