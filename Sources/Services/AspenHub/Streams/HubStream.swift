package import AspenModel

/// What the hub needs to know of a stream.
package struct HubStream: Sendable, Hashable {
  package let id: Int64
  package let name: String
  package let labels: Labels
  /// The labels of its camera, which decide who may watch it.
  package let cameraLabels: Labels
  /// The current assignment's generation; nil while the stream is not placed.
  package let generation: Int64?
  /// The worker whose frames are taken; nil while the stream is not placed.
  package let workerID: Int64?

  /// A stream of its parts.
  package init(
    id: Int64, name: String, labels: Labels, cameraLabels: Labels, generation: Int64?,
    workerID: Int64?
  ) {
    self.id = id
    self.name = name
    self.labels = labels
    self.cameraLabels = cameraLabels
    self.generation = generation
    self.workerID = workerID
  }
}
