import AspenAPI
import AspenModel
import AspenPostgres
import AspenStore
import Synchronization

/// Everything that the control plane keeps, whatever its kind: one way to read, check, change and remove.
///
/// A caller sees only what its rights cover; the rest does not exist for it (404). All checks of a
/// change happen inside its transaction.
struct ResourceService: Sendable {
  let store: Store
  let rules: [ResourceKind: any ResourceRules]
  let runner: ChangeRunner
  let views: ResourceViews
  /// Told of every kind that changed, after the change is kept.
  let changed: @Sendable (ResourceKind) -> Void
  /// Told of everything that is gone, after that is kept.
  let removed: @Sendable (Resource) -> Void

  // MARK: Reading

  /// A page of what the caller may see.
  func list(
    _ kind: ResourceKind, _ request: ListRequest, _ rights: AccessRights
  ) async throws -> Page<Resource> {
    var request = request
    if kind.isOfCamera { request.scopes = rights.scopes(AccessRights.reading(kind).role) }
    return try await ResourceQueries.list(store.pool, kind, request)
  }

  /// One resource that the caller may see.
  func get(
    _ kind: ResourceKind, _ name: ObjectName, _ rights: AccessRights
  ) async throws -> Resource {
    try await visible(store.pool, kind, name, rights)
  }

  /// The versions of a resource's spec, newest first.
  func history(
    _ kind: ResourceKind, _ name: ObjectName, before: Int64?, limit: Int, _ rights: AccessRights
  ) async throws -> [HistoryEntry] {
    _ = try await get(kind, name, rights)
    return try await HistoryQueries.list(
      store.pool, kind, name, before: before, limit: limit)
  }

  // MARK: Changing

  /// Makes a resource. `also` makes what comes with it, in the same transaction.
  func create(
    _ kind: ResourceKind, _ body: CreateBody, _ request: ChangeRequest,
    also: (@Sendable (StoreTransaction, Resource) async throws -> Void)? = nil
  ) async throws -> ChangeAnswer {
    let preparation = try await rules(of: kind).prepare(body.spec, of: body.name)
    let answer = try await runner.run(request) { transaction in
      let (resource, secret) = try await make(
        transaction, kind, body, preparation, request.rights)
      try await also?(transaction, resource)
      return try await ChangeAnswer(
        status: 201,
        body: views.encode(resource, in: transaction, token: request.isDryRun ? nil : secret),
        location: "/v1/\(kind.plural)/\(body.name)", holdsSecret: secret != nil)
    }
    if !request.isDryRun { changed(kind) }
    return answer
  }

  /// Changes a resource by a merge patch (RFC 7396) of labels, annotations and spec.
  func update(
    _ kind: ResourceKind, _ name: ObjectName, patch: JSONValue, _ precondition: Precondition,
    _ request: ChangeRequest
  ) async throws -> ChangeAnswer {
    let preparation = try await rules(of: kind).prepare(patch["spec"], of: name)
    return try await change(kind, name, precondition, request) { current in
      (try UpdateBody(json: patch, current: current), preparation)
    }
  }

  /// Gives a resource the labels, annotations and spec of an earlier generation.
  func revert(
    _ kind: ResourceKind, _ name: ObjectName, to generation: Int64, _ precondition: Precondition,
    _ request: ChangeRequest
  ) async throws -> ChangeAnswer {
    _ = try await get(kind, name, request.rights)
    let entry: HistoryEntry
    do {
      entry = try await HistoryQueries.get(store.pool, kind, name, generation: generation)
    } catch StoreError.notFound {
      throw ValidationError("/generation", "is none that the history holds")
    }
    return try await change(kind, name, precondition, request) { _ in
      (
        UpdateBody(labels: entry.labels, annotations: entry.annotations, spec: entry.spec),
        .none
      )
    }
  }

  /// Removes a resource. What a worker still runs is stopped first: then the answer is 202 and the
  /// resource goes when its streams have stopped.
  func delete(
    _ kind: ResourceKind, _ name: ObjectName, _ precondition: Precondition,
    _ request: ChangeRequest
  ) async throws -> ChangeAnswer {
    let gone = Mutex<Resource?>(nil)
    let answer = try await runner.run(request) { transaction in
      let current = try await editable(transaction, kind, name, request.rights)
      try precondition.check(current)
      if kind.isOfCamera, try await views.mayRun(current, in: transaction) {
        let ending = try await ResourceQueries.requestDeletion(transaction, current)
        return try await ChangeAnswer(
          status: 202, body: views.encode(ending, in: transaction))
      }
      try await ResourceQueries.delete(transaction, current)
      gone.withLock { $0 = current }
      return ChangeAnswer(status: 204, body: nil)
    }
    if !request.isDryRun {
      if let resource = gone.withLock({ $0 }) { removed(resource) }
      changed(kind)
    }
    return answer
  }

  // MARK: Inside a transaction

  /// Makes one resource and returns it with the secret that is shown once.
  func make(
    _ transaction: StoreTransaction, _ kind: ResourceKind, _ body: CreateBody,
    _ preparation: SpecPreparation, _ rights: AccessRights
  ) async throws -> (Resource, Secret?) {
    let object = SpecObject(
      id: try await ResourceQueries.reserveID(transaction, kind), name: body.name)
    let draft = try rules(of: kind).draft(body.spec, of: object, current: nil, preparation)
    try await require(draft.references, in: transaction, rights)
    let labels =
      kind == .camera ? body.labels : try await cameraLabels(of: draft, kind, in: transaction)
    try requireRight(rights, kind, cameraLabels: labels)
    let resource = try await ResourceQueries.create(
      transaction, kind, id: object.id, name: body.name, labels: body.labels,
      annotations: body.annotations,
      spec: draft.spec, extras: draft.extras)
    return (resource, draft.shownOnce)
  }

  /// Changes one resource to what `body` says.
  func edit(
    _ transaction: StoreTransaction, _ current: Resource, _ body: UpdateBody,
    _ preparation: SpecPreparation, _ rights: AccessRights
  ) async throws -> Resource {
    if current.metadata.deletionRequestedAt != nil {
      throw Problem(.conflict, "the \(current.kind.words) is being deleted")
    }
    let object = SpecObject(id: current.metadata.id, name: current.metadata.name)
    var preparation = preparation
    if current.kind == .camera, body.spec["password"] != nil,
      let stored = try await CredentialQueries.sealed(transaction, ofCamera: object.id)
    {
      preparation = .storedPassword(stored)
    }
    let draft = try rules(of: current.kind).draft(
      body.spec, of: object, current: current, preparation)
    try await require(draft.references, in: transaction, rights)
    if current.kind == .camera {
      // Nobody can move a camera out of what they may touch.
      try requireRight(rights, .camera, cameraLabels: body.labels)
    }
    return try await ResourceQueries.update(
      transaction, current, labels: body.labels, annotations: body.annotations, spec: draft.spec,
      extras: draft.extras)
  }

  /// A resource that the caller may change: 404 if it may not even see it, 403 if it may only see it.
  func editable(
    _ executor: StoreTransaction, _ kind: ResourceKind, _ name: ObjectName,
    _ rights: AccessRights
  ) async throws -> Resource {
    let resource = try await visible(executor, kind, name, rights)
    try requireRight(rights, kind, cameraLabels: resource.cameraLabels)
    return resource
  }

  /// The rules of a kind.
  func rules(of kind: ResourceKind) throws -> any ResourceRules {
    guard let rules = rules[kind] else {
      throw Problem(.validation, "a \(kind.words) cannot be written")
    }
    return rules
  }

  private func change(
    _ kind: ResourceKind, _ name: ObjectName, _ precondition: Precondition,
    _ request: ChangeRequest,
    _ body: @Sendable @escaping (Resource) throws -> (UpdateBody, SpecPreparation)
  ) async throws -> ChangeAnswer {
    let answer = try await runner.run(request) { transaction in
      let current = try await editable(transaction, kind, name, request.rights)
      try precondition.check(current)
      let (update, preparation) = try body(current)
      let resource = try await edit(transaction, current, update, preparation, request.rights)
      return try await ChangeAnswer(
        status: 200, body: views.encode(resource, in: transaction))
    }
    if !request.isDryRun { changed(kind) }
    return answer
  }

  private func visible(
    _ executor: some PostgresExecutor, _ kind: ResourceKind, _ name: ObjectName,
    _ rights: AccessRights
  ) async throws -> Resource {
    let resource = try await ResourceQueries.get(executor, kind, name)
    let reading = AccessRights.reading(kind)
    guard rights.allows(reading.role, cameraLabels: resource.cameraLabels) else {
      throw StoreError.notFound(kind)
    }
    return resource
  }

  private func require(
    _ references: [SpecDraft.Reference], in transaction: StoreTransaction, _ rights: AccessRights
  ) async throws {
    for reference in references {
      let found = try await ResourceQueries.find(transaction, reference.kind, reference.name)
      guard let found else { throw Self.missing(reference) }
      // What the caller may not see does not exist for it; a site may be named by whoever knows it.
      let isHidden =
        reference.kind == .camera
        && !rights.allows(.viewer, cameraLabels: found.cameraLabels)
      if isHidden { throw Self.missing(reference) }
      if found.metadata.deletionRequestedAt != nil {
        throw ValidationError(reference.field, "is being deleted")
      }
    }
  }

  private static func missing(_ reference: SpecDraft.Reference) -> ValidationError {
    ValidationError(
      reference.field,
      "names the \(reference.kind.words) '\(reference.name)', which "
        + "does not exist")
  }

  private func cameraLabels(
    of draft: SpecDraft, _ kind: ResourceKind, in transaction: StoreTransaction
  ) async throws -> Labels? {
    guard kind == .stream, case .stream(let camera) = draft.extras else { return nil }
    return try await ResourceQueries.get(transaction, .camera, camera).metadata.labels
  }

  private func requireRight(
    _ rights: AccessRights, _ kind: ResourceKind, cameraLabels: Labels?
  ) throws {
    let writing = AccessRights.writing(kind)
    guard rights.allows(writing.role, cameraLabels: cameraLabels) else {
      throw Problem(
        .forbidden,
        "your role does not cover this \(kind.words); it needs \(writing.role.rawValue)")
    }
  }
}
