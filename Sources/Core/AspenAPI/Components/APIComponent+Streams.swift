import AspenModel

extension KindComponents {
  static let stream = KindComponents(
    KindShape(
      kind: .stream, name: "Stream", spec: .streamSpec, input: .streamSpecInput,
      patch: { APIComponent.streamInputFields }, status: { .component(.streamStatus) }))
}

extension APIComponent {
  static let streamSpec = APIComponent("StreamSpec") {
    .object([
      .required("camera", .component(.objectName)), .required("enabled", .boolean),
      .optional("max_fps", maxFPS), .optional("max_width", maxWidth),
      .optional("require", .component(.selector)),
      .optional("prefer", .component(.placementWishes)),
      .optional("avoid", .component(.placementWishes)),
      .optional("priority", priority), .optional("on_partition", .component(.partitionRule)),
    ])
  }

  static let streamSpecInput = APIComponent("StreamSpecInput") { .object(streamInputFields) }

  static var streamInputFields: [APIField] {
    [
      .required("camera", .component(.objectName)),
      .input(
        "enabled",
        APISchema.boolean.defaulting(to: true).described(
          "A stream that is not enabled is not placed.")),
      .input("max_fps", maxFPS), .input("max_width", maxWidth),
      .input(
        "require", .component(.selector, "What the labels of its worker must fulfil.")),
      .input("prefer", .component(.placementWishes, "Workers that it would rather be on.")),
      .input("avoid", .component(.placementWishes, "Workers that it would rather not be on.")),
      .input("priority", priority.defaulting(to: .integer(Int64(StreamSpec.defaultPriority)))),
      .input("on_partition", .component(.partitionRule)),
    ]
  }

  private static var priority: APISchema {
    .integer(
      StreamSpec.priorities,
      """
      When there is not room for all streams, one takes the place of another of lower priority. \
      Not shown while it is 50.
      """)
  }

  static let placementWishes = APIComponent("PlacementWishes") {
    .array(
      of: .object([
        .required("selector", .component(.selector, "What the labels of those workers fulfil.")),
        .input(
          "weight",
          APISchema.integer(
            PlacementWish.weights, "One weighs as much as a hundredth of a worker's load."
          ).defaulting(to: .integer(Int64(PlacementWish.defaultWeight)))),
      ]), 0...PlacementWish.maxCount)
  }

  static let partitionRule = APIComponent("PartitionRule") {
    .choice(
      of: PartitionRule.self,
      """
      What happens when its worker is not heard of any more. `replace` (unless given; not shown \
      then): another worker takes over at once; the one that is cut off goes on, and its frames \
      are refused. `stop`: the worker stops the stream when its own lease has run out, and only \
      then another takes over. `keep`: it stays with its worker until that comes back, is drained \
      or deleted.
      """)
  }

  private static var maxFPS: APISchema {
    .number(0.01...120, "The most JPEG frames a second; the camera's own rate unless given.")
  }

  private static var maxWidth: APISchema {
    .integer(16...7680, "The widest JPEG in pixels; the camera's own width unless given.")
  }

  static let streamStatus = APIComponent("StreamStatus") {
    .object(
      sourceFields + [
        .optional("worker", .component(.objectName)),
        .optional("assignment_generation", .integer(1...Int64.max)),
        .required("reason", .text("Why it is on this worker, or on none.")),
        .required("viewers", .integer()),
        .optional(
          "frames_encoded",
          .integer(0...Int64.max, "JPEG frames made since it was started on this worker.")),
        .optional("reconnects", .integer()),
      ])
  }

  static let explanation = APIComponent("Explanation") {
    .object([
      .required("stream", .component(.objectName)), .required("phase", .component(.cameraPhase)),
      .optional("worker", .component(.objectName)), .required("reason", .text()),
      .required("candidates", .array(of: .component(.candidate))),
    ])
  }

  static let candidate = APIComponent("Candidate") {
    .object(
      [
        .required("worker", .component(.objectName)), .required("feasible", .boolean),
        .required("reasons", .array(of: .text(), 0...64, "What speaks against it.")),
        .required(
          "merits",
          .array(of: .text(), 0...64, "What the stream's wishes and its camera say of it.")),
        .required("free_streams", .integer(0...Int64.max, "How many more streams it takes.")),
      ], "A worker that could have the stream.")
  }
}
