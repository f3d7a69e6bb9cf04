import AspenModel

extension APIOperations {
  /// Lists assignments.
  package static let assignmentList = APIOperation(
    "assignment_list", "GET", "/v1/assignments", "List assignments by stream", tag: .assignments,
    access: .role(.viewer, .camera), kind: .assignment, parameters: [.limit, .cursor],
    answers: [.json(200, "A page of assignments.", .component(.assignmentPage))])
  /// Shows one.
  package static let assignmentGet = APIOperation(
    "assignment_get", "GET", "/v1/assignments/{stream}", "Show where a stream runs and why there",
    tag: .assignments, access: .role(.viewer, .camera), kind: .assignment,
    answers: [.json(200, "The assignment.", .component(.assignment))])
  /// Takes a stream from its worker.
  package static let assignmentDelete = APIOperation(
    "assignment_delete", "DELETE", "/v1/assignments/{stream}", "Take a stream from its worker",
    description: "The scheduler places it again, at a higher generation.", tag: .assignments,
    access: .role(.operator, .camera), kind: .assignment,
    answers: [.noContent("The stream is taken from it.")], traits: [.dryRun])

  /// Lists work that takes longer than a request.
  package static let operationList = APIOperation(
    "operation_list", "GET", "/v1/operations", "List operations, newest first", tag: .operations,
    access: .role(.viewer, .cluster), kind: .operation, parameters: [.limit, .cursor],
    answers: [.json(200, "A page of operations.", .component(.operationPage))])
  /// Shows one.
  package static let operationGet = APIOperation(
    "operation_get", "GET", "/v1/operations/{name}", "Show how far an operation is",
    tag: .operations, access: .role(.viewer, .cluster), kind: .operation,
    answers: [.json(200, "The operation.", .component(.operation))])
  /// Seals all secrets under the newest key.
  package static let secretReseal = APIOperation(
    "secret_reseal", "POST", "/v1/secrets/reseal", "Seal all secrets under the newest key",
    description: "After a new key was put first in the controller's key file.", tag: .operations,
    access: .role(.admin, .cluster), answers: [.accepted], traits: [.dryRun, .idempotencyKey])

  /// Lists the controllers.
  package static let controllerList = APIOperation(
    "controller_list", "GET", "/v1/controllers", "List the controllers by name",
    description: "One that is killed stays in the list for an hour, with when it was seen last.",
    tag: .system, access: .role(.viewer, .cluster), kind: .controller,
    parameters: [.limit, .cursor],
    answers: [.json(200, "A page of controllers.", .component(.controllerPage))])
  /// Shows one.
  package static let controllerGet = APIOperation(
    "controller_get", "GET", "/v1/controllers/{name}", "Show a controller, and whether it leads",
    tag: .system, access: .role(.viewer, .cluster), kind: .controller,
    answers: [.json(200, "The controller.", .component(.controller))])

  /// Lists who did what.
  package static let auditEntryList = APIOperation(
    "audit_entry_list", "GET", "/v1/audit-entries", "List who did what, newest first",
    tag: .audit, access: .role(.admin, .cluster),
    parameters: [
      APIParameter(
        query: "actor", .text(0...256, pattern: APIPattern.withoutNUL),
        "Only what this actor did, by name."),
      APIParameter(
        query: "kind", .choice(of: ResourceKind.self), "Only what was done to this kind."),
      APIParameter(
        query: "name", .text(0...256, pattern: APIPattern.withoutNUL),
        "Only what was done to things of this name."),
      APIParameter(
        query: "operation", .text(1...64, pattern: "^[a-z_]+$").example("camera_update"),
        "Only this operation."),
      APIParameter(query: "since", .component(.timestamp), "Only what was done then or later."),
      APIParameter(query: "until", .component(.timestamp), "Only what was done before."),
      .limit, .numberCursor,
    ], answers: [.json(200, "A page of the audit.", .component(.auditPage))])

  /// Lists what the controller logged.
  package static let logList = APIOperation(
    "log_list", "GET", "/v1/logs", "List what the controller logged, newest last",
    description: "The newest lines that are in memory. With `follow` they come as they are logged.",
    tag: .audit, access: .role(.admin, .cluster),
    parameters: [
      APIParameter(
        query: "level", .choice(LogLineText.levels),
        "Only this level and graver ones; `info` unless given, everything of one request."),
      APIParameter(
        query: "request_id", .text(1...128, pattern: APIPattern.withoutNUL),
        "Only the lines of this request."),
      .logLimit,
      APIParameter(
        query: "follow", APISchema.boolean.defaulting(to: false),
        "Whether to go on with new lines, as server-sent events."),
    ],
    answers: [
      .json(200, "The lines.", .component(.logPage)),
      .events(
        "Events `line` as they are logged; `skipped` with a `count` says that some were lost.",
        .component(.logLine)),
    ])

  /// Whether the process answers.
  package static let healthGet = APIOperation(
    "health_get", "GET", "/healthz", "Whether the process answers", tag: .system, access: .open,
    answers: [.json(200, "It does.", .component(.health))])
  /// Whether it can do its work.
  package static let readinessGet = APIOperation(
    "readiness_get", "GET", "/readyz", "Whether the process can do its work", tag: .system,
    access: .open, answers: [.json(200, "It can.", .component(.health))])
  /// The versions of program and API.
  package static let versionGet = APIOperation(
    "version_get", "GET", "/v1/version", "Say the versions of program and API", tag: .system,
    access: .open, answers: [.json(200, "The versions.", .component(.version))])
  /// This document.
  package static let openapiGet = APIOperation(
    "openapi_get", "GET", "/openapi.json", "Describe this API", tag: .system, access: .open,
    answers: [.json(200, "An OpenAPI 3.1 document.", .component(.openapi))])
}

extension APIAnswer {
  /// Work that takes longer than the request.
  static let accepted = APIAnswer.json(
    202, "The operation that has begun; its state is at `Location`.", .component(.operation),
    headers: [.location, .idempotencyReplayed])
}

/// What the log's lines look like in the API.
enum LogLineText {
  /// From the least grave to the gravest.
  static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
}
