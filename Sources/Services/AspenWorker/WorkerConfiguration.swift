package import AspenModel
import AspenWire

/// Everything that a worker must be told.
package struct WorkerConfiguration: Sendable {
  /// Where controllers are; one at least. Others are learned from them.
  package let controllers: [ControllerAddress]
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
    controllers: [ControllerAddress], name: ObjectName, labels: Labels, capacityStreams: Int,
    stateDirectory: String, mediaDirectory: String, joinToken: Secret?,
    certificateAuthorityFile: String?
  ) throws(WorkerError) {
    guard (1...Worker.maxCapacityStreams).contains(capacityStreams) else {
      throw .configuration(
        field: "capacity", reason: "must be 1 to \(Worker.maxCapacityStreams)")
    }
    guard (1...WireProtocol.maxControllers).contains(controllers.count) else {
      throw .configuration(
        field: "controller",
        reason: "must be 1 to \(WireProtocol.maxControllers) addresses, separated by commas")
    }
    self.controllers = controllers
    self.name = name
    self.labels = labels
    self.capacityStreams = capacityStreams
    self.stateDirectory = stateDirectory
    self.mediaDirectory = mediaDirectory
    self.joinToken = joinToken
    self.certificateAuthorityFile = certificateAuthorityFile
  }
}
