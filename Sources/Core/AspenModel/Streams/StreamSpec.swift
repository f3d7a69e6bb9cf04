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
  /// Where it would rather be.
  package let prefer: [PlacementWish]
  /// Where it would rather not be.
  package let avoid: [PlacementWish]
  /// When there is not room for all: a stream takes the place of one of lower priority.
  package let priority: Int
  /// What happens when its worker is not heard of any more.
  package let onPartition: PartitionRule

  /// The priorities that there are.
  package static let priorities: ClosedRange<Int64> = 0...100
  /// The priority of a stream that names none.
  package static let defaultPriority = 50

  /// A spec of its parts.
  package init(
    camera: ObjectName, isEnabled: Bool = true, maxFramesPerSecond: Double? = nil,
    maxWidth: Int? = nil, require: LabelSelector = .everything, prefer: [PlacementWish] = [],
    avoid: [PlacementWish] = [], priority: Int = defaultPriority,
    onPartition: PartitionRule = .replace
  ) {
    self.camera = camera
    self.isEnabled = isEnabled
    self.maxFramesPerSecond = maxFramesPerSecond
    self.maxWidth = maxWidth
    self.require = require
    self.prefer = prefer
    self.avoid = avoid
    self.priority = priority
    self.onPartition = onPartition
  }

  /// Reads a spec strictly.
  package init(json: JSONValue, at path: String = "/spec") throws(ValidationError) {
    let spec = try FieldReader.read(json, at: path) { fields -> StreamSpec? in
      let isEnabled = fields.flag("enabled") ?? true
      let fps = fields.decimal("max_fps", in: 0.01...120)
      let width = fields.wholeNumber("max_width", in: 16...7680).map(Int.init)
      let isRequiring = fields.value("require") != nil
      let require = isRequiring ? fields.selector("require") : .everything
      let prefer = fields.wishes("prefer")
      let avoid = fields.wishes("avoid")
      let priority = fields.wholeNumber("priority", in: Self.priorities).map(Int.init)
      let onPartition = fields.choice("on_partition", of: PartitionRule.self)
      if fields.value("camera") == nil { return fields.violate("camera", "is required") }
      guard let camera = fields.objectName("camera"), let require else { return nil }
      return StreamSpec(
        camera: camera, isEnabled: isEnabled, maxFramesPerSecond: fps, maxWidth: width,
        require: require, prefer: prefer, avoid: avoid, priority: priority ?? Self.defaultPriority,
        onPartition: onPartition ?? .replace)
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
      ("prefer", prefer.isEmpty ? nil : .array(prefer.map(\.json))),
      ("avoid", avoid.isEmpty ? nil : .array(avoid.map(\.json))),
      ("priority", priority == Self.defaultPriority ? nil : .integer(Int64(priority))),
      ("on_partition", onPartition == .replace ? nil : .string(onPartition.rawValue)),
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
