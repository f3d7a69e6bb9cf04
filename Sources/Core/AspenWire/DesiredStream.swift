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

  /// A desired stream of its parts.
  package init(
    streamID: Int64, name: String, generation: Int64, cameraSpec: CameraSpec, password: Secret?,
    maxFramesPerSecond: Double?, maxWidth: Int?
  ) {
    self.streamID = streamID
    self.name = name
    self.generation = generation
    self.cameraSpec = cameraSpec.json.serializedText
    self.password = password?.revealed
    self.maxFramesPerSecond = maxFramesPerSecond
    self.maxWidth = maxWidth
  }

  private enum CodingKeys: String, CodingKey {
    case streamID = "stream_id"
    case name, generation
    case cameraSpec = "camera_spec"
    case password
    case maxFramesPerSecond = "max_fps"
    case maxWidth = "max_width"
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
