import AspenAPI
import AspenModel

/// What the commands of one kind of resource have in common: its operations and how it is shown.
struct ResourceCommands: Sendable {
  /// As in messages: `camera yard deleted`.
  let noun: String
  let list: APIOperation
  let get: APIOperation
  var create: APIOperation?
  var update: APIOperation?
  /// Nil for what cannot be deleted.
  let delete: APIOperation?
  /// The table of `list`, sorted by its first column.
  let columns: [ResourceColumn]
  /// What `-o wide` adds to it.
  var wideColumns: [ResourceColumn] = []
  /// The lines of `get`; those whose cell is `-` are left out.
  let details: [ResourceColumn]
}

extension ResourceCommands {
  static let camera = ResourceCommands(
    noun: "camera", list: APIOperations.cameraList, get: APIOperations.cameraGet,
    create: APIOperations.cameraCreate, update: APIOperations.cameraUpdate,
    delete: APIOperations.cameraDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("ADDRESS", \.cameraAddress),
      ResourceColumn("PHASE", isPhase: true, \.phase), ResourceColumn("SIZE", \.size),
      ResourceColumn("FPS", at: ["status", "source_fps"]), ResourceColumn("AGE", \.age),
      ResourceColumn("REASON", \.reason),
    ],
    wideColumns: [
      ResourceColumn("SITE", at: ["spec", "site"]),
      ResourceColumn("STREAMS", at: ["status", "streams"]),
      ResourceColumn("LABELS", \.labels), ResourceColumn("VERSION", at: ["resource_version"]),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Address", \.cameraAddress),
      ResourceColumn("Transport", at: ["spec", "transport"]),
      ResourceColumn("Username", at: ["spec", "username"]),
      ResourceColumn("Site", at: ["spec", "site"]), ResourceColumn("Labels", \.labels),
    ] + sourceDetails + [
      ResourceColumn("Streams", at: ["status", "streams"])
    ] + historyDetails)

  static let stream = ResourceCommands(
    noun: "stream", list: APIOperations.streamList, get: APIOperations.streamGet,
    create: APIOperations.streamCreate, update: APIOperations.streamUpdate,
    delete: APIOperations.streamDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("CAMERA", at: ["spec", "camera"]),
      ResourceColumn("PHASE", isPhase: true, \.phase),
      ResourceColumn("WORKER", at: ["status", "worker"]),
      ResourceColumn("VIEWERS", at: ["status", "viewers"]),
      ResourceColumn("AGE", \.age), ResourceColumn("REASON", \.reason),
    ],
    wideColumns: [
      ResourceColumn("MAX FPS", at: ["spec", "max_fps"]),
      ResourceColumn("MAX WIDTH", at: ["spec", "max_width"]),
      ResourceColumn("REQUIRE", at: ["spec", "require"]),
      ResourceColumn("PREFER", \.prefers), ResourceColumn("AVOID", \.avoids),
      ResourceColumn("PRIORITY", \.priority), ResourceColumn("PARTITION", \.partitionRule),
      ResourceColumn("LABELS", \.labels), ResourceColumn("VERSION", at: ["resource_version"]),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Camera", at: ["spec", "camera"]),
      ResourceColumn("Enabled", at: ["spec", "enabled"]),
      ResourceColumn("Max fps", at: ["spec", "max_fps"]),
      ResourceColumn("Max width", at: ["spec", "max_width"]),
      ResourceColumn("Require", at: ["spec", "require"]),
      ResourceColumn("Prefer", \.prefers), ResourceColumn("Avoid", \.avoids),
      ResourceColumn("Priority", \.priority), ResourceColumn("On partition", \.partitionRule),
      ResourceColumn("Labels", \.labels),
    ] + sourceDetails + [
      ResourceColumn("Worker", at: ["status", "worker"]),
      ResourceColumn("Placement", at: ["status", "reason"]),
      ResourceColumn("Generation", at: ["status", "assignment_generation"]),
      ResourceColumn("Viewers", at: ["status", "viewers"]),
      ResourceColumn("Frames", at: ["status", "frames_encoded"]),
      ResourceColumn("Reconnects", at: ["status", "reconnects"]),
    ] + historyDetails)

  static let worker = ResourceCommands(
    noun: "worker", list: APIOperations.workerList, get: APIOperations.workerGet,
    update: APIOperations.workerUpdate, delete: APIOperations.workerDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("PHASE", isPhase: true, \.workerPhase),
      ResourceColumn("STREAMS", \.workerLoad),
      ResourceColumn("VERSION", at: ["status", "version"]),
      ResourceColumn("SEEN", \.lastSeen), ResourceColumn("AGE", \.age),
      ResourceColumn("LABELS", \.labels),
    ],
    wideColumns: [
      ResourceColumn("SITE", at: ["spec", "site"]), ResourceColumn("ID", at: ["id"]),
      ResourceColumn("CPU", at: ["spec", "cpu_millicores"]),
      ResourceColumn("MEMORY", at: ["spec", "memory_mib"]),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Phase", isPhase: true, \.workerPhase),
      ResourceColumn("Cordoned", at: ["spec", "cordoned"]), ResourceColumn("Streams", \.workerLoad),
      ResourceColumn("CPU millicores", at: ["spec", "cpu_millicores"]),
      ResourceColumn("Memory MiB", at: ["spec", "memory_mib"]),
      ResourceColumn("Version", at: ["status", "version"]),
      ResourceColumn("Site", at: ["spec", "site"]), ResourceColumn("Labels", \.labels),
      ResourceColumn("Last seen", \.lastSeen),
    ] + conditionDetails + historyDetails)

  static let assignment = ResourceCommands(
    noun: "assignment", list: APIOperations.assignmentList, get: APIOperations.assignmentGet,
    delete: APIOperations.assignmentDelete,
    columns: [
      ResourceColumn("STREAM", at: ["stream"]), ResourceColumn("WORKER", at: ["worker"]),
      ResourceColumn("GENERATION", at: ["generation"]), ResourceColumn("AGE", \.assignmentAge),
      ResourceColumn("REASON", at: ["reason"]),
    ],
    details: [
      ResourceColumn("Stream", at: ["stream"]), ResourceColumn("Worker", at: ["worker"]),
      ResourceColumn("Generation", at: ["generation"]), ResourceColumn("Reason", at: ["reason"]),
      ResourceColumn("Age", \.assignmentAge),
    ])

  /// Why it is up or down: the lines that cameras and streams share.
  private static let sourceDetails =
    [
      ResourceColumn("Phase", isPhase: true, \.phase),
      ResourceColumn("Fault", at: ["status", "fault"]),
      ResourceColumn("Message", at: ["status", "message"]),
      ResourceColumn("Codec", at: ["status", "codec"]), ResourceColumn("Size", \.size),
      ResourceColumn("Source fps", at: ["status", "source_fps"]),
    ] + conditionDetails

  /// What holds and what does not, and why.
  private static let conditionDetails = [ResourceColumn("Conditions", \.conditions)]

  /// The lines at the end of every resource.
  static let historyDetails = [
    ResourceColumn("Annotations", at: ["annotations"]), ResourceColumn("Age", \.age),
  ]
}

extension ResourceRow {
  fileprivate var prefers: String { wishes("prefer") }
  fileprivate var avoids: String { wishes("avoid") }

  /// The controller leaves out what is as it usually is.
  fileprivate var priority: String {
    cell(value("spec", "priority") ?? .integer(Int64(StreamSpec.defaultPriority)))
  }

  fileprivate var partitionRule: String {
    cell(value("spec", "on_partition") ?? .string(PartitionRule.replace.rawValue))
  }

  /// `site=yard:80 gpu:20`
  private func wishes(_ name: String) -> String {
    let words = (value("spec", name)?.elements ?? []).map { wish in
      "\(cell(wish["selector"])):\(cell(wish["weight"]))"
    }
    return words.isEmpty ? "-" : words.joined(separator: " ")
  }

  fileprivate var cameraAddress: String { cell(value("spec", "address") ?? value("spec", "path")) }

  fileprivate var workerPhase: String {
    phase
      + (value("spec", "draining")?.flag == true
        ? ",draining" : value("spec", "cordoned")?.flag == true ? ",cordoned" : "")
  }

  fileprivate var workerLoad: String {
    "\(cell(value("status", "streams")))/\(cell(value("status", "capacity_streams")))"
  }

  fileprivate var lastSeen: String {
    TerminalText.age(value("status", "last_seen_at")?.text, now: now)
  }

  fileprivate var assignmentAge: String {
    TerminalText.age(value("assigned_at")?.text, now: now)
  }

  /// `Placed, not Streaming (timeout)`
  fileprivate var conditions: String {
    let words = (value("status", "conditions")?.elements ?? []).compactMap { condition -> String? in
      guard let type = condition["type"]?.text else { return nil }
      if condition["status"]?.text == "true" { return type }
      let reason = condition["reason"]?.text ?? ""
      return "not \(type)" + (reason.isEmpty ? "" : " (\(reason))")
    }
    return words.isEmpty ? "-" : words.joined(separator: ", ")
  }
}
