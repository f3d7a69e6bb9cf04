package import AspenModel

/// One stream that a worker shall run, with all that it needs to know.
package struct DesiredStream: Sendable, Hashable, Codable {
  package let streamID: Int64
  package let name: String
  /// The fence: a worker refuses a lower generation than it has seen.
  package let generation: Int64
  /// The camera's spec as JSON text (`CameraSpec.json`), read strictly by the worker.
  package let cameraSpec: String
  package let password: String?
  /// Limits of the stream's JPEG frames.
  package let maxFramesPerSecond: Double?
  package let maxWidth: Int?
  /// The generations of the stream's and the camera's spec, which the worker says in its status
  /// once it runs by them.
  package let specGeneration: Int64?
  package let cameraGeneration: Int64?
  private let onPartition: String?

  /// A desired stream of its parts. A camera's site is the controller's business: it is not sent, so
  /// that a change of it alone leaves the worker's connection to the camera alone.
  package init(
    streamID: Int64, name: String, generation: Int64, cameraSpec: CameraSpec, password: Secret?,
    maxFramesPerSecond: Double?, maxWidth: Int?, specGeneration: Int64? = nil,
    cameraGeneration: Int64? = nil, onPartition: PartitionRule = .replace
  ) {
    self.streamID = streamID
    self.name = name
    self.generation = generation
    self.cameraSpec =
      CameraSpec(source: cameraSpec.source, username: cameraSpec.username).json.serializedText
    self.password = password?.revealed
    self.maxFramesPerSecond = maxFramesPerSecond
    self.maxWidth = maxWidth
    self.specGeneration = specGeneration
    self.cameraGeneration = cameraGeneration
    self.onPartition = onPartition == .replace ? nil : onPartition.rawValue
  }

  /// Whether the worker stops the stream when its lease has run out. A rule of a later version, like
  /// the others, is the controllers' business.
  package var stopsWithoutLease: Bool { onPartition == PartitionRule.stop.rawValue }

  private enum CodingKeys: String, CodingKey {
    case streamID = "stream_id"
    case name, generation
    case cameraSpec = "camera_spec"
    case password
    case maxFramesPerSecond = "max_fps"
    case maxWidth = "max_width"
    case specGeneration = "spec_generation"
    case cameraGeneration = "camera_generation"
    case onPartition = "on_partition"
  }

  /// The camera, and its credentials if it has any.
  package func camera() throws(ValidationError) -> (spec: CameraSpec, credentials: Credentials?) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: Array(cameraSpec.utf8))
    } catch {
      throw ValidationError("/camera_spec", error.message)
    }
    let spec = try CameraSpecInput(json: json, at: "/camera_spec").spec
    let credentials = spec.username.map { name in
      Credentials(username: name, password: Secret(password ?? ""))
    }
    return (spec, credentials)
  }
}

extension DesiredStream: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(name) generation \(generation)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
