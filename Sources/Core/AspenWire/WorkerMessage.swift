package import AspenModel
import FoundationEssentials

/// What a worker says on its control WebSocket: JSON text, told apart by `type`.
package enum WorkerMessage: Sendable, Hashable {
  /// First of all, on every connection.
  case hello(Hello)
  /// Every `heartbeatMilliseconds` of the welcome.
  case heartbeat(Heartbeat)
  /// The full status of all streams, at a change, when one has stopped, and with every few
  /// heartbeats.
  case status(Status)

  /// Who the worker is and what it can take.
  package struct Hello: Sendable, Hashable, Codable {
    package let version: String
    package let capacityStreams: Int
    package let labels: [String: String]
    /// What it runs already, after a lost connection.
    package let running: [RunningStream]

    /// A hello of its parts.
    package init(
      version: String, capacityStreams: Int, labels: [String: String], running: [RunningStream]
    ) {
      self.version = version
      self.capacityStreams = capacityStreams
      self.labels = labels
      self.running = running
    }

    private enum CodingKeys: String, CodingKey {
      case version
      case capacityStreams = "capacity_streams"
      case labels, running
    }
  }

  /// A stream at a generation.
  package struct RunningStream: Sendable, Hashable, Codable {
    package let streamID: Int64
    package let generation: Int64

    /// A stream at a generation.
    package init(streamID: Int64, generation: Int64) {
      self.streamID = streamID
      self.generation = generation
    }

    private enum CodingKeys: String, CodingKey {
      case streamID = "stream_id"
      case generation
    }
  }

  /// A sign of life.
  package struct Heartbeat: Sendable, Hashable, Codable {
    /// Counts from 1 on each connection.
    package let sequence: Int64
    /// The revision of the desired set that the worker follows.
    package let desiredRevision: Int64

    /// A heartbeat of its parts.
    package init(sequence: Int64, desiredRevision: Int64) {
      self.sequence = sequence
      self.desiredRevision = desiredRevision
    }

    private enum CodingKeys: String, CodingKey {
      case sequence
      case desiredRevision = "desired_revision"
    }
  }

  /// The state of every stream of the worker.
  package struct Status: Sendable, Hashable, Codable {
    package let streams: [StreamStatus]
    /// The revision of the desired set that the worker follows; nil from workers that do not say.
    package let desiredRevision: Int64?
    /// What it runs, and what it was told to stop and has not stopped yet: the cameras whose
    /// connections may be open. Nil from workers that do not say.
    package let running: [RunningStream]?

    /// A status of all streams.
    package init(
      streams: [StreamStatus], desiredRevision: Int64? = nil, running: [RunningStream]? = nil
    ) {
      self.streams = streams
      self.desiredRevision = desiredRevision
      self.running = running
    }

    private enum CodingKeys: String, CodingKey {
      case streams
      case desiredRevision = "desired_revision"
      case running
    }
  }
}

/// What a controller says on a worker's control WebSocket.
package enum ControllerMessage: Sendable, Hashable {
  /// The answer to hello.
  case welcome(Welcome)
  /// The full set of streams that the worker shall run; replaces all earlier ones.
  case desired(DesiredSet)
  /// The full set of streams whose frames somebody wants; replaces all earlier ones.
  case demand(DemandSet)

  /// The controller's terms.
  package struct Welcome: Sendable, Hashable, Codable {
    package let workerName: String
    package let heartbeatMilliseconds: Int
    /// Silence after which the controller takes the worker for lost.
    package let leaseMilliseconds: Int

    /// A welcome of its parts.
    package init(workerName: String, heartbeatMilliseconds: Int, leaseMilliseconds: Int) {
      self.workerName = workerName
      self.heartbeatMilliseconds = heartbeatMilliseconds
      self.leaseMilliseconds = leaseMilliseconds
    }

    private enum CodingKeys: String, CodingKey {
      case workerName = "worker"
      case heartbeatMilliseconds = "heartbeat_ms"
      case leaseMilliseconds = "lease_ms"
    }
  }

  /// Everything that a worker shall run.
  package struct DesiredSet: Sendable, Hashable, Codable {
    /// Grows; the worker ignores a lower one.
    package let revision: Int64
    package let streams: [DesiredStream]

    /// A set at a revision.
    package init(revision: Int64, streams: [DesiredStream]) {
      self.revision = revision
      self.streams = streams
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
