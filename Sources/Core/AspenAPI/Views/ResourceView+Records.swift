package import AspenModel

extension ResourceView {
  /// A resource of any kind with its state. `extra` are members that only some answers have.
  package static func resource(
    _ resource: Resource, status: JSONValue, extra: [(String, JSONValue)] = []
  ) -> JSONValue {
    let members = (resource.json.members ?? []) + [.init("status", status)]
    return .object(members + extra.map { .init($0.0, $0.1) })
  }

  /// One page of a list; `revision` is the newest change that it shows, where a watch can begin.
  package static func page(
    _ items: [JSONValue], nextCursor: String?, revision: Int64?
  ) -> JSONValue {
    .object(compacting: [
      ("items", .array(items)), ("next_cursor", nextCursor.map { .string($0) }),
      ("revision", revision.map { .integer($0) }),
    ])
  }

  /// What a resource was.
  package static func historyEntry(
    generation: Int64, resourceVersion: Int64, operation: String, labels: Labels,
    annotations: Annotations, spec: JSONValue, actor: Actor, at: Timestamp
  ) -> JSONValue {
    [
      "generation": .integer(generation), "resource_version": .integer(resourceVersion),
      "operation": .string(operation), "labels": labels.json, "annotations": annotations.json,
      "spec": spec, "actor": self.actor(actor), "at": .string(at.text),
    ]
  }

  /// An entry of the audit: what was done, by whom and from where.
  package static func auditEntry(
    id: Int64, at: Timestamp, actor: Actor, address: String, requestID: String, operation: String,
    outcome: String, message: String, objectKind: ResourceKind?, objectName: String?,
    before: JSONValue?, after: JSONValue?
  ) -> JSONValue {
    let object = JSONValue.object(compacting: [
      ("kind", objectKind.map { .string($0.rawValue) }), ("name", objectName.map { .string($0) }),
    ])
    return .object(compacting: [
      ("id", .integer(id)), ("at", .string(at.text)), ("actor", self.actor(actor)),
      ("address", .string(address)), ("request_id", .string(requestID)),
      ("operation", .string(operation)), ("outcome", .string(outcome)),
      ("message", message.isEmpty ? nil : .string(message)),
      ("object", object == .object([]) ? nil : object), ("before", before), ("after", after),
    ])
  }

  /// Work that takes longer than a request.
  package static func operation(_ operation: Operation) -> JSONValue {
    [
      "kind": .string(ResourceKind.operation.rawValue), "id": .integer(operation.id),
      "name": .string(operation.name.text), "created_at": .string(operation.createdAt.text),
      "updated_at": .string(operation.updatedAt.text),
      "spec": .object(compacting: [
        ("action", .string(operation.action.rawValue)),
        ("target", operation.target.map { .string($0) }),
      ]),
      "status": .object(compacting: [
        ("state", .string(operation.state.rawValue)), ("done", .integer(operation.doneCount)),
        ("total", operation.totalCount.map { .integer($0) }),
        ("message", .string(operation.message)),
        ("finished_at", operation.finishedAt.map { .string($0.text) }),
      ]),
    ]
  }

  /// A controller process.
  package static func controller(
    id: Int64, name: ObjectName, phase: String, version: String, address: String?,
    epoch: Int64?, workers: Int, startedAt: Timestamp, lastSeenAt: Timestamp
  ) -> JSONValue {
    [
      "kind": .string(ResourceKind.controller.rawValue), "id": .integer(id),
      "name": .string(name.text),
      "started_at": .string(startedAt.text),
      "status": .object(compacting: [
        ("phase", .string(phase)), ("version", .string(version)),
        ("address", address.map { .string($0) }), ("epoch", epoch.map { .integer($0) }),
        ("workers", .integer(Int64(workers))), ("last_seen_at", .string(lastSeenAt.text)),
      ]),
    ]
  }

  /// What became of one document: `created`, `updated` or `unchanged`.
  package static func applyResult(
    action: String, changes: [FieldChange], resource: JSONValue
  ) -> JSONValue {
    [
      "kind": resource["kind"] ?? .null, "name": resource["name"] ?? .null,
      "action": .string(action),
      "changes": .array(
        changes.map { change in
          .object(compacting: [
            ("field", .string(change.field)), ("before", change.before), ("after", change.after),
          ])
        }), "resource": resource,
    ]
  }

  /// Who somebody is and what it may do.
  package static func session(
    subject: Actor, grants: [Grant], expiresAt: Timestamp?
  ) -> JSONValue {
    .object(compacting: [
      ("subject", actor(subject)),
      (
        "grants",
        .array(
          grants.map { grant in
            .object(compacting: [
              ("role", .string(grant.role.rawValue)),
              ("selector", grant.selector.map { .string($0.description) }),
            ])
          })
      ), ("expires_at", expiresAt.map { .string($0.text) }),
    ])
  }

  /// A link to one stream's frames.
  package static func viewLink(
    stream: ObjectName, token: Secret, path: String, expiresAt: Timestamp
  ) -> JSONValue {
    [
      "stream": .string(stream.text), "token": .string(token.revealed), "path": .string(path),
      "expires_at": .string(expiresAt.text),
    ]
  }

  private static func actor(_ actor: Actor) -> JSONValue {
    ["kind": .string(actor.kind.rawValue), "name": .string(actor.name)]
  }
}
