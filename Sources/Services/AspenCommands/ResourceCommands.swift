import AspenAPI
import AspenModel

/// What the commands of one kind of resource have in common: its operations and how it is shown.
struct ResourceCommands: Sendable {
  /// As in messages: `camera yard deleted`.
  let noun: String
  let list: APIOperation
  let get: APIOperation
  let delete: APIOperation
  /// The table of `list`, sorted by its first column.
  let columns: [ResourceColumn]
  /// The lines of `get`; those whose cell is `-` are left out.
  let details: [ResourceColumn]
}

extension ResourceCommands {
  static let camera = ResourceCommands(
    noun: "camera", list: APIOperations.cameraList, get: APIOperations.cameraGet,
    delete: APIOperations.cameraDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("ADDRESS", \.cameraAddress),
      ResourceColumn("PHASE") { $0.cell($0.value("status", "phase")) },
      ResourceColumn("SIZE", \.size),
      ResourceColumn("FPS") { $0.cell($0.value("status", "source_fps")) },
      ResourceColumn("AGE", \.age), ResourceColumn("REASON", \.reason),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Address", \.cameraAddress),
      ResourceColumn("Transport") { $0.cell($0.value("spec", "transport")) },
      ResourceColumn("Username") { $0.cell($0.value("spec", "username")) },
      ResourceColumn("Labels", \.labels),
    ] + sourceDetails + [
      ResourceColumn("Streams") { $0.cell($0.value("status", "streams")) },
      ResourceColumn("Age", \.age),
    ])

  static let stream = ResourceCommands(
    noun: "stream", list: APIOperations.streamList, get: APIOperations.streamGet,
    delete: APIOperations.streamDelete,
    columns: [
      ResourceColumn("NAME", \.name),
      ResourceColumn("CAMERA") { $0.cell($0.value("spec", "camera")) },
      ResourceColumn("PHASE") { $0.cell($0.value("status", "phase")) },
      ResourceColumn("WORKER") { $0.cell($0.value("status", "worker")) },
      ResourceColumn("VIEWERS") { $0.cell($0.value("status", "viewers")) },
      ResourceColumn("AGE", \.age), ResourceColumn("REASON", \.reason),
    ],
    details: [
      ResourceColumn("Name", \.name),
      ResourceColumn("Camera") { $0.cell($0.value("spec", "camera")) },
      ResourceColumn("Enabled") { $0.cell($0.value("spec", "enabled")) },
      ResourceColumn("Max fps") { $0.cell($0.value("spec", "max_fps")) },
      ResourceColumn("Max width") { $0.cell($0.value("spec", "max_width")) },
      ResourceColumn("Require") { $0.cell($0.value("spec", "require")) },
      ResourceColumn("Labels", \.labels),
    ] + sourceDetails + [
      ResourceColumn("Worker") { $0.cell($0.value("status", "worker")) },
      ResourceColumn("Placement") { $0.cell($0.value("status", "reason")) },
      ResourceColumn("Generation") { $0.cell($0.value("status", "assignment_generation")) },
      ResourceColumn("Viewers") { $0.cell($0.value("status", "viewers")) },
      ResourceColumn("Frames") { $0.cell($0.value("status", "frames_encoded")) },
      ResourceColumn("Reconnects") { $0.cell($0.value("status", "reconnects")) },
      ResourceColumn("Age", \.age),
    ])

  static let worker = ResourceCommands(
    noun: "worker", list: APIOperations.workerList, get: APIOperations.workerGet,
    delete: APIOperations.workerDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("PHASE", \.workerPhase),
      ResourceColumn("STREAMS", \.workerLoad),
      ResourceColumn("VERSION") { $0.cell($0.value("status", "version")) },
      ResourceColumn("SEEN", \.lastSeen), ResourceColumn("AGE", \.age),
      ResourceColumn("LABELS", \.labels),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Phase", \.workerPhase),
      ResourceColumn("Cordoned") { $0.cell($0.value("spec", "cordoned")) },
      ResourceColumn("Streams", \.workerLoad),
      ResourceColumn("Version") { $0.cell($0.value("status", "version")) },
      ResourceColumn("Labels", \.labels), ResourceColumn("Last seen", \.lastSeen),
      ResourceColumn("Age", \.age),
    ])

  static let assignment = ResourceCommands(
    noun: "assignment", list: APIOperations.assignmentList, get: APIOperations.assignmentGet,
    delete: APIOperations.assignmentDelete,
    columns: [
      ResourceColumn("STREAM") { $0.cell($0.value("stream")) },
      ResourceColumn("WORKER") { $0.cell($0.value("worker")) },
      ResourceColumn("GENERATION") { $0.cell($0.value("generation")) },
      ResourceColumn("AGE", \.assignmentAge),
      ResourceColumn("REASON") { TerminalText.short($0.cell($0.value("reason"))) },
    ],
    details: [
      ResourceColumn("Stream") { $0.cell($0.value("stream")) },
      ResourceColumn("Worker") { $0.cell($0.value("worker")) },
      ResourceColumn("Generation") { $0.cell($0.value("generation")) },
      ResourceColumn("Reason") { $0.cell($0.value("reason")) },
      ResourceColumn("Age", \.assignmentAge),
    ])

  static let joinToken = ResourceCommands(
    noun: "join token", list: APIOperations.joinTokenList, get: APIOperations.joinTokenGet,
    delete: APIOperations.joinTokenDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("USES LEFT", \.usesRemaining),
      ResourceColumn("EXPIRES", \.expiry), ResourceColumn("AGE", \.age),
      ResourceColumn("LABELS", \.labels),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Uses left", \.usesRemaining),
      ResourceColumn("Expires", \.expiry), ResourceColumn("Labels", \.labels),
      ResourceColumn("Age", \.age),
    ])

  /// Why it is up or down: the lines that cameras and streams share.
  private static let sourceDetails = [
    ResourceColumn("Phase") { $0.cell($0.value("status", "phase")) },
    ResourceColumn("Fault") { $0.cell($0.value("status", "fault")) },
    ResourceColumn("Message") { $0.cell($0.value("status", "message")) },
    ResourceColumn("Codec") { $0.cell($0.value("status", "codec")) },
    ResourceColumn("Size", \.size),
    ResourceColumn("Source fps") { $0.cell($0.value("status", "source_fps")) },
  ]
}

extension ResourceRow {
  fileprivate var cameraAddress: String { cell(value("spec", "address") ?? value("spec", "path")) }

  fileprivate var workerPhase: String {
    cell(value("status", "phase")) + (value("spec", "cordoned")?.flag == true ? ",cordoned" : "")
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

  fileprivate var usesRemaining: String {
    value("status", "uses_remaining").map(cell) ?? "any"
  }

  fileprivate var expiry: String { value("status", "expires_at").map(cell) ?? "never" }
}
