import AspenAPI
import AspenModel

/// Sites, and who may do what.
extension ResourceCommands {
  static let site = ResourceCommands(
    noun: "site", list: APIOperations.siteList, get: APIOperations.siteGet,
    create: APIOperations.siteCreate, update: APIOperations.siteUpdate,
    delete: APIOperations.siteDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("DESCRIPTION", at: ["spec", "description"]),
      ResourceColumn("AGE", \.age), ResourceColumn("LABELS", \.labels),
    ],
    wideColumns: [ResourceColumn("PLACEMENT", at: ["spec", "placement"])],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Description", at: ["spec", "description"]),
      ResourceColumn("Placement", at: ["spec", "placement"]), ResourceColumn("Labels", \.labels),
    ] + historyDetails)

  static let user = ResourceCommands(
    noun: "user", list: APIOperations.userList, get: APIOperations.userGet,
    create: APIOperations.userCreate, update: APIOperations.userUpdate,
    delete: APIOperations.userDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("DISPLAY NAME", at: ["spec", "display_name"]),
      ResourceColumn("DISABLED", \.isDisabled), ResourceColumn("AGE", \.age),
    ],
    wideColumns: [ResourceColumn("LABELS", \.labels)],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Display name", at: ["spec", "display_name"]),
      ResourceColumn("Disabled", \.isDisabled), ResourceColumn("Labels", \.labels),
    ] + historyDetails)

  static let token = ResourceCommands(
    noun: "token", list: APIOperations.tokenList, get: APIOperations.tokenGet,
    create: APIOperations.tokenCreate, update: APIOperations.tokenUpdate,
    delete: APIOperations.tokenDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("ROLE", at: ["spec", "role"]),
      ResourceColumn("CAMERAS", \.scope), ResourceColumn("EXPIRES", \.expiry),
      ResourceColumn("AGE", \.age),
    ],
    wideColumns: [ResourceColumn("LABELS", \.labels)],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Role", at: ["spec", "role"]),
      ResourceColumn("Cameras", \.scope), ResourceColumn("Expires", \.expiry),
      ResourceColumn("Labels", \.labels),
    ] + historyDetails)

  static let roleBinding = ResourceCommands(
    noun: "role binding", list: APIOperations.roleBindingList, get: APIOperations.roleBindingGet,
    create: APIOperations.roleBindingCreate, update: APIOperations.roleBindingUpdate,
    delete: APIOperations.roleBindingDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("SUBJECT", \.subject),
      ResourceColumn("ROLE", at: ["spec", "role"]), ResourceColumn("CAMERAS", \.scope),
      ResourceColumn("AGE", \.age),
    ],
    wideColumns: [ResourceColumn("LABELS", \.labels)],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Subject", \.subject),
      ResourceColumn("Role", at: ["spec", "role"]), ResourceColumn("Cameras", \.scope),
      ResourceColumn("Labels", \.labels),
    ] + historyDetails)

  static let joinToken = ResourceCommands(
    noun: "join token", list: APIOperations.joinTokenList, get: APIOperations.joinTokenGet,
    create: APIOperations.joinTokenCreate, update: APIOperations.joinTokenUpdate,
    delete: APIOperations.joinTokenDelete,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("USES LEFT", \.usesRemaining),
      ResourceColumn("EXPIRES", \.expiry), ResourceColumn("AGE", \.age),
      ResourceColumn("LABELS", \.labels),
    ],
    wideColumns: [ResourceColumn("SITE", at: ["spec", "site"])],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Uses left", \.usesRemaining),
      ResourceColumn("Expires", \.expiry), ResourceColumn("Site", at: ["spec", "site"]),
      ResourceColumn("Labels", \.labels),
    ] + historyDetails)

  static let operation = ResourceCommands(
    noun: "operation", list: APIOperations.operationList, get: APIOperations.operationGet,
    delete: nil,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("ACTION", \.operationAction),
      ResourceColumn("TARGET", \.operationTarget),
      ResourceColumn("STATE", isPhase: true, \.operationState),
      ResourceColumn("PROGRESS", \.operationProgress), ResourceColumn("AGE", \.age),
      ResourceColumn("MESSAGE", \.operationMessage),
    ],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Action", \.operationAction),
      ResourceColumn("Target", \.operationTarget),
      ResourceColumn("State", isPhase: true, \.operationState),
      ResourceColumn("Progress", \.operationProgress),
      ResourceColumn("Message", \.operationMessage),
      ResourceColumn("Age", \.age),
    ])

  static let controller = ResourceCommands(
    noun: "controller", list: APIOperations.controllerList, get: APIOperations.controllerGet,
    delete: nil,
    columns: [
      ResourceColumn("NAME", \.name), ResourceColumn("PHASE", isPhase: true, \.phase),
      ResourceColumn("ADDRESS", at: ["status", "address"]),
      ResourceColumn("WORKERS", at: ["status", "workers"]),
      ResourceColumn("VERSION", at: ["status", "version"]),
      ResourceColumn("SEEN", \.controllerSeen), ResourceColumn("UP", \.controllerUp),
    ],
    wideColumns: [ResourceColumn("EPOCH", at: ["status", "epoch"])],
    details: [
      ResourceColumn("Name", \.name), ResourceColumn("Phase", isPhase: true, \.phase),
      ResourceColumn("Epoch", at: ["status", "epoch"]),
      ResourceColumn("Address", at: ["status", "address"]),
      ResourceColumn("Workers", at: ["status", "workers"]),
      ResourceColumn("Version", at: ["status", "version"]),
      ResourceColumn("Last seen", \.controllerSeen), ResourceColumn("Up", \.controllerUp),
    ])
}

extension ResourceRow {
  fileprivate var isDisabled: String { cell(value("spec", "disabled") ?? false) }

  /// Which cameras a role is for.
  fileprivate var scope: String { value("spec", "selector")?.text ?? "all" }

  fileprivate var subject: String {
    "\(cell(value("spec", "subject", "kind"))) \(cell(value("spec", "subject", "name")))"
  }

  fileprivate var usesRemaining: String {
    value("status", "uses_remaining").map(cell) ?? "any"
  }

  fileprivate var expiry: String {
    (value("spec", "expires_at") ?? value("status", "expires_at")).map(cell) ?? "never"
  }

  fileprivate var controllerSeen: String {
    TerminalText.age(value("status", "last_seen_at")?.text, now: now)
  }

  fileprivate var controllerUp: String {
    TerminalText.age(value("started_at")?.text, now: now)
  }

  /// An operation has its facts in spec and status, or beside its name.
  private func fact(_ name: String) -> JSONValue? {
    value("status", name) ?? value("spec", name) ?? value(name)
  }

  fileprivate var operationAction: String { cell(fact("action")) }
  fileprivate var operationTarget: String { cell(fact("target")) }
  fileprivate var operationState: String { cell(fact("state") ?? fact("phase")) }
  fileprivate var operationMessage: String { cell(fact("message")) }

  fileprivate var operationProgress: String {
    let done = fact("progress_done") ?? fact("done")
    let total = fact("progress_total") ?? fact("total")
    return done == nil ? "-" : "\(cell(done))/\(total.map(cell) ?? "?")"
  }
}
