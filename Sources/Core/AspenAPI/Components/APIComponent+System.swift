import AspenModel

extension APIComponent {
  static let operation = APIComponent("Operation") {
    .object([
      .required("kind", .choice([ResourceKind.operation.rawValue])),
      .required("id", .integer(1...Int64.max)), .required("name", .component(.objectName)),
      .required("created_at", .component(.timestamp)),
      .required("updated_at", .component(.timestamp)),
      .required(
        "spec",
        .object([
          .required("action", .choice(of: Operation.Action.self)),
          .optional("target", .component(.objectName, "What it is done to, if it is one thing.")),
        ])), .required("status", .component(.operationStatus)),
    ])
  }

  static let operationStatus = APIComponent("OperationStatus") {
    .object([
      .required("state", .choice(of: Operation.State.self)),
      .required("done", .integer(0...Int64.max, "How much is done.")),
      .optional("total", .integer(0...Int64.max, "How much there is, as far as it is known.")),
      .required("message", .text("The state in words.")),
      .optional("finished_at", .component(.timestamp)),
    ])
  }

  static let operationPage = APIComponent("OperationPage") {
    .object([
      .required("items", .array(of: .component(.operation), 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
    ])
  }

  static let controller = APIComponent("Controller") {
    .object([
      .required("kind", .choice([ResourceKind.controller.rawValue])),
      .required("id", .integer(1...Int64.max)), .required("name", .component(.objectName)),
      .required("started_at", .component(.timestamp)),
      .required("status", .component(.controllerStatus)),
    ])
  }

  static let controllerStatus = APIComponent("ControllerStatus") {
    .object([
      .required("phase", .choice(["leader", "follower", "lost"])),
      .required("version", .text(1...64)),
      .optional("address", .text(1...512, "By which workers and people reach it.")),
      .optional("epoch", .integer(0...Int64.max, "Of its leadership, if it leads.")),
      .required("workers", .integer(0...Int64.max, "How many workers are connected to it.")),
      .required("last_seen_at", .component(.timestamp)),
    ])
  }

  static let controllerPage = APIComponent("ControllerPage") {
    .object([
      .required("items", .array(of: .component(.controller), 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
    ])
  }

  static let auditEntry = APIComponent("AuditEntry") {
    .object([
      .required("id", .integer(1...Int64.max)), .required("at", .component(.timestamp)),
      .required("actor", .component(.actor)),
      .required("address", .text("From where; empty if the controller did it itself.")),
      .required("request_id", .text("Finds the request in the log.")),
      .required("operation", .text(1...64, pattern: "^[a-z_]+$")),
      .required("outcome", .choice(["succeeded", "refused"])),
      .optional("message", .text("The circumstances in words.")),
      .optional(
        "object",
        .object(
          [.optional("kind", .choice(of: ResourceKind.self)), .optional("name", .text())],
          "What it was done to.")),
      .optional("before", .component(.auditState)), .optional("after", .component(.auditState)),
    ])
  }

  static let auditState = APIComponent("AuditState") {
    .object([], others: .any, "Labels, annotations and spec; a secret that was set shows as `***`.")
  }

  static let auditPage = APIComponent("AuditPage") {
    .object([
      .required("items", .array(of: .component(.auditEntry), 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
    ])
  }

  static let logLine = APIComponent("LogLine") {
    .object([
      .required("at", .component(.timestamp)), .required("level", .choice(LogLineText.levels)),
      .required("message", .text()),
      .required("fields", .object([], others: .text(), "What goes with the message.")),
    ])
  }

  static let logPage = APIComponent("LogPage") {
    .object([.required("items", .array(of: .component(.logLine)))])
  }

  static let health = APIComponent("Health") {
    .object([
      .required("status", .choice(["ok", "ready"])), .optional("version", .text(1...64)),
      .optional("leader", APISchema.boolean.described("Whether this controller leads.")),
      .optional("epoch", .integer(0...Int64.max, "Of its leadership, if it leads.")),
    ])
  }

  static let version = APIComponent("Version") {
    .object([
      .required("version", .text(1...64, "Of the controller.")),
      .required("api", .choice(["v1"])),
      .required("oldest_client", .text(1...64, "Older programs may not understand it.")),
    ])
  }

  static let openapi = APIComponent("OpenAPI") {
    .object(
      [.required("openapi", .text(1...16, pattern: "^3[.]1[.][0-9]+$"))], others: .any,
      "This document.")
  }

  static let problem = APIComponent("Problem") {
    .object(
      [
        .required(
          "type",
          APISchema.text(format: "uri").described(
            """
            Stable for programs; the code is its last part. `about:blank` if the request did not \
            come as far as the API.
            """
          ).example(.string(Problem.typePrefix + Problem.Code.validation.rawValue))),
        .required("title", .text()), .required("status", .integer(400...599)),
        .required("detail", .text("What went wrong, in words.")),
        .optional("request_id", .text("Finds the request in the controller's log.")),
        .optional(
          "errors",
          .array(
            of: .object([
              .required(
                "field",
                .text("A JSON Pointer (RFC 6901) into the body, or the name of a parameter.")),
              .required("reason", .text()),
            ]), 1...10_000, "Everything wrong with the request, not only the first.")),
      ], "RFC 9457.")
  }
}
