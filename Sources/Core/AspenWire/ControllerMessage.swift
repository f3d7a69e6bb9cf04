package import AspenModel

/// What a controller says on a worker's control WebSocket.
package enum ControllerMessage: Sendable, Hashable {
  /// The answer to hello.
  case welcome(Welcome)
  /// The full set of streams that the worker shall run; replaces all earlier ones.
  case desired(DesiredSet)
  /// The full set of streams whose frames somebody wants; replaces all earlier ones.
  case demand(DemandSet)
  /// The addresses of all controllers that are alive; replaces the welcome's and all earlier ones.
  case controllers(Controllers)
  /// A heartbeat was heard, and the worker's lease counts from it.
  case heard(Heard)

  /// The messages that a controller sends only to workers that say that they understand them.
  package enum OptionalKind: String, Sendable, CaseIterable {
    case controllers, heard
  }

  /// The controller's terms.
  package struct Welcome: Sendable, Hashable, Codable {
    package let workerName: String
    package let heartbeatMilliseconds: Int
    /// Silence after which the controller takes the worker for lost.
    package let leaseMilliseconds: Int
    /// Which controller this is, however it was reached; nil from those that do not say.
    package let controllerID: String?
    /// The addresses of all controllers that are alive; nil from those that do not say.
    package let controllers: [String]?

    /// A welcome of its parts.
    package init(
      workerName: String, heartbeatMilliseconds: Int, leaseMilliseconds: Int,
      controllerID: String? = nil, controllers: [String]? = nil
    ) {
      self.workerName = workerName
      self.heartbeatMilliseconds = heartbeatMilliseconds
      self.leaseMilliseconds = leaseMilliseconds
      self.controllerID = controllerID
      self.controllers = controllers
    }

    private enum CodingKeys: String, CodingKey {
      case workerName = "worker"
      case heartbeatMilliseconds = "heartbeat_ms"
      case leaseMilliseconds = "lease_ms"
      case controllerID = "controller_id"
      case controllers
    }
  }

  /// The controllers that are alive.
  package struct Controllers: Sendable, Hashable, Codable {
    /// `http://` or `https://`, host and port; at most `WireProtocol.maxControllers` count.
    package let addresses: [String]

    /// A list of addresses.
    package init(addresses: [String]) {
      self.addresses = addresses
    }
  }

  /// What a worker's lease counts from: the moment at which it sent this heartbeat. The controller heard it
  /// later, and so counts the worker as alive for longer than the worker does itself.
  package struct Heard: Sendable, Hashable, Codable {
    /// The heartbeat's; 0 is the hello.
    package let sequence: Int64

    /// The word on one heartbeat.
    package init(sequence: Int64) {
      self.sequence = sequence
    }
  }

  /// Everything that a worker shall run.
  package struct DesiredSet: Sendable, Hashable, Codable {
    private let epoch: Int64?
    private let revision: Int64
    package let streams: [DesiredStream]

    /// A set of a version.
    package init(version: DesiredVersion, streams: [DesiredStream]) {
      epoch = version.epoch
      revision = version.revision
      self.streams = streams
    }

    /// Which state of the cluster the set is from; the worker ignores a lower one, from whomever.
    package var version: DesiredVersion {
      DesiredVersion(epoch: epoch ?? 0, revision: revision)
    }
  }

  /// Who wants what.
  package struct DemandSet: Sendable, Hashable, Codable {
    package let revision: Int64
    package let streams: [StreamDemand]

    /// A set at a revision.
    package init(revision: Int64, streams: [StreamDemand]) {
      self.revision = revision
      self.streams = streams
    }
  }

  /// The demand for one stream.
  package struct StreamDemand: Sendable, Hashable, Codable {
    package let streamID: Int64
    package let demand: FrameDemand

    /// The demand for one stream.
    package init(streamID: Int64, demand: FrameDemand) {
      self.streamID = streamID
      self.demand = demand
    }

    private enum CodingKeys: String, CodingKey {
      case streamID = "stream_id"
      case demand
    }
  }
}
