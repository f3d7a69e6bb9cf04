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
    /// What its machine has and can do; nil from workers that do not say.
    package let resources: WorkerResources?
    /// The messages besides welcome, desired and demand that it understands; nil: none.
    package let accepts: [String]?

    /// A hello of its parts.
    package init(
      version: String, capacityStreams: Int, labels: [String: String], running: [RunningStream],
      resources: WorkerResources? = nil, accepts: [String]? = nil
    ) {
      self.version = version
      self.capacityStreams = capacityStreams
      self.labels = labels
      self.running = running
      self.resources = resources
      self.accepts = accepts
    }

    private enum CodingKeys: String, CodingKey {
      case version
      case capacityStreams = "capacity_streams"
      case labels, running, resources, accepts
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
    private let desiredRevision: Int64
    private let desiredEpoch: Int64?

    /// A heartbeat of its parts.
    package init(sequence: Int64, followed: DesiredVersion) {
      self.sequence = sequence
      desiredRevision = followed.revision
      desiredEpoch = followed.epoch
    }

    /// The version of the desired set that the worker follows. One that does not say the epoch means
    /// the `current` one.
    package func followed(inEpoch current: Int64) -> DesiredVersion {
      DesiredVersion(epoch: desiredEpoch ?? current, revision: desiredRevision)
    }

    private enum CodingKeys: String, CodingKey {
      case sequence
      case desiredRevision = "desired_revision"
      case desiredEpoch = "desired_epoch"
    }
  }

  /// The state of every stream of the worker.
  package struct Status: Sendable, Hashable, Codable {
    package let streams: [StreamStatus]
    private let desiredRevision: Int64?
    private let desiredEpoch: Int64?
    /// What it runs, and what it was told to stop and has not stopped yet: the cameras whose
    /// connections may be open. Nil from workers that do not say.
    package let running: [RunningStream]?

    /// A status of all streams.
    package init(
      streams: [StreamStatus], followed: DesiredVersion? = nil, running: [RunningStream]? = nil
    ) {
      self.streams = streams
      desiredRevision = followed?.revision
      desiredEpoch = followed?.epoch
      self.running = running
    }

    /// The version of the desired set that the worker follows; nil from workers that do not say. One that
    /// does not say the epoch means the `current` one.
    package func followed(inEpoch current: Int64) -> DesiredVersion? {
      desiredRevision.map { DesiredVersion(epoch: desiredEpoch ?? current, revision: $0) }
    }

    private enum CodingKeys: String, CodingKey {
      case streams
      case desiredRevision = "desired_revision"
      case desiredEpoch = "desired_epoch"
      case running
    }
  }
}
