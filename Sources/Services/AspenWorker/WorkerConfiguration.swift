package import AspenModel

/// Everything that a worker must be told.
package struct WorkerConfiguration: Sendable {
  /// `http://` or `https://` and the controller's host and port.
  package let controller: String
  package let name: ObjectName
  package let labels: Labels
  /// The most streams that it offers to run.
  package let capacityStreams: Int
  /// Where the credential is kept.
  package let stateDirectory: String
  /// The folder below which file cameras are.
  package let mediaDirectory: String
  package let joinToken: Secret?
  /// Certificates (PEM) to trust besides none; nil trusts the system's.
  package let certificateAuthorityFile: String?

  /// A configuration of its parts. Throws when the capacity is out of its range.
  package init(
    controller: String, name: ObjectName, labels: Labels, capacityStreams: Int,
    stateDirectory: String, mediaDirectory: String, joinToken: Secret?,
    certificateAuthorityFile: String?
  ) throws(WorkerError) {
    guard (1...Worker.maxCapacityStreams).contains(capacityStreams) else {
      throw .configuration(
        field: "capacity", reason: "must be 1 to \(Worker.maxCapacityStreams)")
    }
    var controller = controller
    while controller.hasSuffix("/") { controller.removeLast() }
    guard controller.hasPrefix("http://") || controller.hasPrefix("https://") else {
      throw .configuration(field: "controller", reason: "must begin with http:// or https://")
    }
    self.controller = controller
    self.name = name
    self.labels = labels
    self.capacityStreams = capacityStreams
    self.stateDirectory = stateDirectory
    self.mediaDirectory = mediaDirectory
    self.joinToken = joinToken
    self.certificateAuthorityFile = certificateAuthorityFile
  }
}
