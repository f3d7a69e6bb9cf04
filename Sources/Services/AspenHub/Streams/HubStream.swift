package import AspenModel

/// What the hub needs to know of a stream.
package struct HubStream: Sendable, Hashable {
  package let id: Int64
  package let name: String
  package let labels: Labels
  /// The labels of its camera, which decide who may watch it.
  package let cameraLabels: Labels
  /// Whose frames are taken; nil while the stream is not placed.
  package let owner: Owner?
  /// Whose frames are taken until the first one of the owner comes, while the stream is handed over.
  package let previous: Owner?

  /// A worker that runs the stream at a generation.
  package struct Owner: Sendable, Hashable {
    package let workerID: Int64
    package let generation: Int64

    /// An owner of its parts.
    package init(workerID: Int64, generation: Int64) {
      self.workerID = workerID
      self.generation = generation
    }
  }

  /// A stream of its parts.
  package init(
    id: Int64, name: String, labels: Labels, cameraLabels: Labels, owner: Owner?,
    previous: Owner? = nil
  ) {
    self.id = id
    self.name = name
    self.labels = labels
    self.cameraLabels = cameraLabels
    self.owner = owner
    self.previous = previous
  }

  /// The lowest generation whose frames may be taken.
  var lowestGeneration: Int64? { (previous ?? owner)?.generation }
}
