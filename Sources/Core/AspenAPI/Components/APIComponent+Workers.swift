import AspenModel

extension KindComponents {
  static let worker = KindComponents(
    KindShape(
      kind: .worker, name: "Worker", spec: .workerSpec, input: .workerSpecInput,
      isSpecOptional: true,
      patch: { APIComponent.workerFields }, status: { .component(.workerStatus) }))
}

extension APIComponent {
  static let workerSpec = APIComponent("WorkerSpec") { .object(workerFields) }
  static let workerSpecInput = APIComponent("WorkerSpecInput") {
    .object(workerFields.map { .input($0.name, $0.schema) })
  }

  static var workerFields: [APIField] {
    [
      .required(
        "cordoned",
        APISchema.boolean.defaulting(to: false).described(
          "It keeps its streams and gets no new ones.")),
      .required(
        "draining",
        APISchema.boolean.defaulting(to: false).described(
          "Its streams move to other workers, without a gap.")),
      .optional("site", .component(.siteName)),
      .optional(
        "cpu_millicores",
        .integer(
          1...WorkerSpec.maxCPUMillicores,
          "How much CPU its streams may take together by estimate; no limit unless given.")),
      .optional(
        "memory_mib",
        .integer(
          1...WorkerSpec.maxMemoryMiB,
          "How much memory its streams may take together by estimate; no limit unless given.")),
    ]
  }

  static let workerStatus = APIComponent("WorkerStatus") {
    .object([
      .optional(
        "observed_generation",
        .integer(1...Int64.max, "The generation of the spec by which it is treated.")),
      .required("phase", .component(.workerPhase)), .required("message", .text("In words.")),
      .required("conditions", conditions),
      .required("capacity_streams", .integer(1...Int64(Worker.maxCapacityStreams))),
      .required("streams", .integer(0...Int64.max, "How many are placed on it.")),
      .required("version", .text(0...64)), .optional("last_seen_at", .component(.timestamp)),
      .optional("resources", .component(.workerResources)),
    ])
  }

  static let workerResources = APIComponent("WorkerResources") {
    .object([
      .required("cpu_millicores", .integer(0...Int64.max, "1000 for each CPU that it may use.")),
      .required("memory_mib", .integer(0...Int64.max, "The memory that it may use.")),
      .required("accelerators", .array(of: .text(1...64), 0...WorkerResources.maxNames)),
      .required("codecs", .array(of: .text(1...64), 0...WorkerResources.maxNames)),
    ])
  }

  static let workerPhase = APIComponent("WorkerPhase") {
    .choice(
      of: WorkerPhase.self,
      """
      `expected`: the controller has started and gives the worker time to come back. `ready`: \
      connected. `lost`: not heard of.
      """)
  }

  static let lossExplanation = APIComponent("LossExplanation") {
    .object([
      .required("worker", .component(.objectName)),
      .required(
        "streams", .array(of: .component(.streamFate), 0...Int.max, "What runs on it now.")),
      .required(
        "others",
        .array(
          of: .component(.streamFate), 0...Int.max,
          "Streams of other workers that would have to make room.")),
    ])
  }

  static let streamFate = APIComponent("StreamFate") {
    .object([
      .required("stream", .component(.objectName)),
      .optional("from", .component(.objectName, "The worker that has it now.")),
      .optional("to", .component(.objectName, "The worker that would take it, if one could.")),
      .required("reason", .text("Why there, or why nowhere.")),
    ])
  }

  static let workerJoin = APIComponent("WorkerJoin") {
    .object([
      .required("name", .component(.objectName)), .input("labels", .component(.labels)),
      .input(
        "capacity_streams",
        APISchema.integer(1...Int64(Worker.maxCapacityStreams)).defaulting(to: 20)),
      .input("version", .text(0...64, pattern: APIPattern.line)),
      .input(
        "credential",
        APISchema.text(
          56...56, pattern: "^aspen_worker_[A-Za-z0-9_-]{43}$",
          """
          What the worker is going to prove itself with, so that it can repeat a join whose answer \
          was lost. The controller makes one unless given.
          """
        ).writeOnly),
    ])
  }

  static let workerCredential = APIComponent("WorkerCredential") {
    .object([
      .required("worker", .component(.objectName)),
      .required("credential", .text(1...256, "`aspen_worker_…`, shown this one time.")),
    ])
  }

  static let assignment = APIComponent("Assignment") {
    .object([
      .required("kind", .choice([ResourceKind.assignment.rawValue])),
      .required("stream", .component(.objectName)), .required("worker", .component(.objectName)),
      .required(
        "generation", .integer(1...Int64.max, "Only grows; the fence against two owners.")),
      .required("reason", .text("Why this worker, in words.")),
      .required("assigned_at", .component(.timestamp)),
      .optional("previous_worker", .component(.objectName)),
    ])
  }

  static let assignmentPage = APIComponent("AssignmentPage") {
    .object([
      .required("items", .array(of: .component(.assignment), 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
      .required("revision", .component(.revision)),
    ])
  }
}
