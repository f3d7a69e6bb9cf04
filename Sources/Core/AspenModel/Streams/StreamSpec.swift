/// Desired processing of one camera: the unit that is scheduled.
package struct StreamSpec: Sendable, Hashable {
  /// The camera's name.
  package let camera: ObjectName
  /// A stream that is not enabled is not placed.
  package let isEnabled: Bool
  /// The most JPEG frames a second; nil is the camera's own rate.
  package let maxFramesPerSecond: Double?
  /// The widest JPEG in pixels; nil is the camera's own width.
  package let maxWidth: Int?
  /// What a worker's labels must fulfil.
  package let require: LabelSelector

  /// A spec of its parts.
  package init(
    camera: ObjectName, isEnabled: Bool = true, maxFramesPerSecond: Double? = nil,
    maxWidth: Int? = nil, require: LabelSelector = .everything
  ) {
    self.camera = camera
    self.isEnabled = isEnabled
    self.maxFramesPerSecond = maxFramesPerSecond
    self.maxWidth = maxWidth
    self.require = require
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    let spec = try FieldReader.read(json, at: path) { fields -> StreamSpec? in
      let isEnabled = fields.flag("enabled") ?? true
      let fps = fields.decimal("max_fps", in: 0.01...120)
      let width = fields.wholeNumber("max_width", in: 16...7680).map(Int.init)
      var require: LabelSelector? = .everything
      if let text = fields.text("require") {
        let pointer = fields.pointer("require")
        require = fields.parsed("require") { () throws(ValidationError) in
          try LabelSelector(parsing: text, field: pointer)
        }
      }
      guard let name = fields.requiredText("camera") else { return nil }
      let pointer = fields.pointer("camera")
      let camera = fields.parsed("camera") { () throws(ValidationError) in
        try ObjectName(name, field: pointer)
      }
      guard let camera, let require else { return nil }
      return StreamSpec(
        camera: camera, isEnabled: isEnabled, maxFramesPerSecond: fps, maxWidth: width,
        require: require)
    }
    guard let spec else { throw ValidationError(path, "is not complete") }
    self = spec
  }

  /// The spec as stored and shown.
  package var json: JSONValue {
    .object(compacting: [
      ("camera", .string(camera.text)), ("enabled", .bool(isEnabled)),
      ("max_fps", maxFramesPerSecond.map { .number($0) }),
      ("max_width", maxWidth.map { .integer(Int64($0)) }),
      ("require", require.terms.isEmpty ? nil : .string(require.description)),
    ])
  }
}

/// A stored stream.
package struct Stream: Sendable, Hashable {
  package let metadata: ResourceMetadata
  package let spec: StreamSpec
  package let cameraID: Int64

  /// A stored stream.
  package init(metadata: ResourceMetadata, spec: StreamSpec, cameraID: Int64) {
    self.metadata = metadata
    self.spec = spec
    self.cameraID = cameraID
  }
}
