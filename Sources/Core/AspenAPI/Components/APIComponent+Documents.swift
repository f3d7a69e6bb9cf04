import AspenModel

extension APIComponent {
  static let revert = APIComponent("Revert") {
    .object([.required("generation", .component(.generation))])
  }

  static let applyRequest = APIComponent("ApplyRequest") { documents(atLeast: 1) }

  static let planRequest = APIComponent("PlanRequest") { documents(atLeast: 0) }

  private static func documents(atLeast least: Int) -> APISchema {
    .object([
      .required("documents", .array(of: .component(.document), least...ApplyBody.maxDocuments))
    ])
  }

  static let document = APIComponent("Document") {
    APISchema(
      .oneOf(ApplyDocument.kinds.map { .component(KindComponents.of($0).document) }),
      "What one thing shall be. Tokens have no documents: they are shown to whoever makes them.")
  }

  static let applyResult = APIComponent("ApplyResult") {
    .object([
      .required("results", .array(of: .component(.applied), 0...ApplyBody.maxDocuments)),
      .required("revision", .component(.revision)),
    ])
  }

  static let applied = APIComponent("Applied") {
    .object([
      .required("kind", .choice(ApplyDocument.kinds.map(\.rawValue))),
      .required("name", .component(.objectName)),
      .required("action", .choice(["created", "updated", "unchanged"])),
      .required("changes", .array(of: .component(.fieldChange))),
      .required("resource", .component(.anyResource)),
    ])
  }

  static let fieldChange = APIComponent("FieldChange") {
    .object([
      .required("field", .text(1...2048, "A JSON Pointer (RFC 6901).")),
      .optional("before", .any), .optional("after", .any),
    ])
  }

  static let planResult = APIComponent("PlanResult") {
    .object([
      .required("results", .array(of: .component(.applied), 0...ApplyBody.maxDocuments)),
      .required(
        "placements",
        .array(
          of: .object([
            .required("stream", .component(.objectName)),
            .required("action", .choice(["place", "move", "unassign"])),
            .optional("from", .component(.objectName)), .optional("to", .component(.objectName)),
            .required("reason", .text()),
          ]))),
      .required(
        "unplaced",
        .array(
          of: .object([
            .required("stream", .component(.objectName)), .required("reason", .text()),
          ]))),
    ])
  }

  static let anyResource = APIComponent("Resource") {
    APISchema(
      .oneOf(ApplyDocument.kinds.map { .component(KindComponents.of($0).resource) }),
      "A resource of a kind that documents describe.")
  }

  static let resourcePart = APIComponent("ResourcePart") {
    .object(
      [
        .optional("kind", .choice(KindOperations.kinds.map(\.rawValue))),
        .optional("id", .integer(1...Int64.max)), .optional("name", .component(.objectName)),
        .optional("labels", partialObject), .optional("annotations", partialObject),
        .optional("generation", .component(.generation)),
        .optional("resource_version", .component(.resourceVersion)),
        .optional("created_at", .component(.timestamp)),
        .optional("updated_at", .component(.timestamp)),
        .optional("deletion_requested_at", .component(.timestamp)),
        .optional("spec", partialObject), .optional("status", partialObject),
      ], "The members of a resource that `fields` asked for.")
  }

  private static var partialObject: APISchema { .object([], others: .any) }

  static let partPage = APIComponent("ResourcePartPage") {
    .object([
      .required("items", .array(of: .component(.resourcePart), 0...APIParameter.longestPage)),
      .optional("next_cursor", .component(.nextCursor)),
      .required("revision", .component(.revision)),
    ])
  }

  static let watchEvent = APIComponent("WatchEvent") {
    .object([
      .required("type", .choice(["created", "updated", "deleted", "bookmark", "gone"])),
      .required("revision", .component(.revision)),
      .optional("kind", .choice(of: ResourceKind.self)),
      .optional("object", .object([], others: .any, "As its `get` shows it, without its status.")),
    ])
  }
}

extension KindComponents {
  /// The schemas of a kind that users write.
  static func of(_ kind: ResourceKind) -> KindComponents {
    switch kind {
    case .camera: camera
    case .stream: stream
    case .worker: worker
    case .site: site
    case .token: token
    case .roleBinding: roleBinding
    case .user: user
    case .joinToken: joinToken
    case .assignment, .operation, .controller:
      preconditionFailure("nobody writes a thing of the kind \(kind.words)")
    }
  }
}
