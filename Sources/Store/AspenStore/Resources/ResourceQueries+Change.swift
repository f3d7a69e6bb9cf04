package import AspenModel
import AspenPostgres

extension ResourceQueries {
  /// Adds a resource. `id` is from `reserveID`; nil takes the next. Throws `.conflict(.nameTaken)`, or
  /// `.missingReference` when it names a camera or site that is not there. A worker is added by
  /// `WorkerQueries.join` instead.
  package static func create(
    _ transaction: StoreTransaction, _ kind: ResourceKind, id: Int64? = nil, name: ObjectName,
    labels: Labels = Labels(), annotations: Annotations = Annotations(), spec: JSONValue,
    extras: ResourceExtras = .none
  ) async throws(StoreError) -> Resource {
    let revision = try await transaction.nextRevision()
    try await SiteReferences.check(transaction, kind, spec)
    var row = ResourceRow(
      labels: labels, annotations: annotations, spec: spec, revision: revision)
    let table = ResourceTable.of(kind)
    row.set("id", .optional(id), "coalesce(#::bigint, nextval('\(table.sequence)'))")
    row.set("name", .text(name.text), "#::text")
    row.add(extras, isNew: true)
    let created = try await transaction.one(
      table.returning(row.insert(into: table)), row.values
    ) { row throws(StoreError) in try Resource(kind, row) }
    guard let created else { throw .missingReference(.camera) }
    transaction.record(.created(created))
    return created
  }

  /// Changes a resource that is still as `current`. Its generation grows when spec or secret change. What
  /// changes nothing at all makes no revision and returns `current`. Throws
  /// `.conflict(.versionMismatch)`, `.notFound` when it is gone, or `.missingReference`.
  package static func update(
    _ transaction: StoreTransaction, _ current: Resource, labels: Labels, annotations: Annotations,
    spec: JSONValue, extras: ResourceExtras = .none
  ) async throws(StoreError) -> Resource {
    let metadata = current.metadata
    let isSpecChanged = try spec.asStored() != current.spec.asStored()
    if !isSpecChanged, !extras.changesSecret, labels == metadata.labels,
      annotations == metadata.annotations
    {
      return current
    }
    let revision = try await transaction.nextRevision()
    if isSpecChanged { try await SiteReferences.check(transaction, current.kind, spec) }
    var row = ResourceRow(
      labels: labels, annotations: annotations, spec: spec, revision: revision)
    row.add(extras, isNew: false)
    if isSpecChanged || extras.changesSecret {
      row.set("generation", .int(1), "r.generation + #::bigint")
    }
    let table = ResourceTable.of(current.kind)
    let sql = row.update(table, id: metadata.id, version: metadata.resourceVersion)
    let changed = try await transaction.one(table.returning(sql), row.values) {
      row throws(StoreError) in try Resource(current.kind, row)
    }
    guard let changed else { throw try await absence(transaction, of: current) }
    transaction.record(.updated(changed, from: current, withPassword: extras.setsPassword))
    try await follow(transaction, changed, from: current, extras)
    return changed
  }

  /// What else a change entails.
  private static func follow(
    _ transaction: StoreTransaction, _ changed: Resource, from current: Resource,
    _ extras: ResourceExtras
  ) async throws(StoreError) {
    switch current.kind {
    case .camera where changed.metadata.labels != current.metadata.labels:
      try await touchStreams(transaction, of: changed, previousLabels: current.metadata.labels)
    case .user where extras.changesSecret || changed.spec["disabled"]?.flag == true:
      _ = try await transaction.all(
        "DELETE FROM sessions WHERE user_id = $1", [.int(current.metadata.id)]
      ) { _ in }
    default: break
    }
  }

  /// A camera's labels decide who may see its streams, so whoever watches these must hear of it.
  private static func touchStreams(
    _ transaction: StoreTransaction, of camera: Resource, previousLabels: Labels
  ) async throws(StoreError) {
    let table = ResourceTable.of(.stream)
    let first = try await transaction.nextRevision()
    let streams = try await transaction.all(
      table.returning(
        """
        UPDATE streams s SET resource_version = $2::bigint + numbered.place - 1
        FROM (
          SELECT id, row_number() OVER (ORDER BY name) AS place FROM streams WHERE camera_id = $1
        ) numbered
        WHERE s.id = numbered.id
        """, rows: "s.*"),
      [.int(camera.metadata.id), .int(first)]
    ) { row throws(StoreError) in try Resource(.stream, row) }
    for stream in streams.sorted(by: { $0.metadata.name < $1.metadata.name }) {
      transaction.record(.touched(stream, previousCameraLabels: previousLabels))
    }
  }

  /// Why a change of `current` met no row.
  static func absence(
    _ transaction: StoreTransaction, of current: Resource
  ) async throws(StoreError) -> StoreError {
    let table = ResourceTable.of(current.kind)
    let actual = try await transaction.one(
      "SELECT resource_version FROM \(table.name) WHERE id = $1", [.int(current.metadata.id)]
    ) { row throws(StoreError) in try row.int("resource_version") }
    guard let actual else { return .notFound(current.kind) }
    return .conflict(
      .versionMismatch(expected: current.metadata.resourceVersion, actual: actual))
  }
}

extension ResourceExtras {
  /// Whether it changes what a user gave in secret.
  fileprivate var changesSecret: Bool {
    switch self {
    case .camera(let change): change != .keep
    case .user(let hash): hash != nil
    case .none, .stream, .token, .joinToken: false
    }
  }

  fileprivate var setsPassword: Bool {
    switch self {
    case .camera(.set): true
    case .user(let hash): hash != nil
    case .camera, .none, .stream, .token, .joinToken: false
    }
  }
}

extension JSONValue {
  /// As the database gives it back: members sorted by name, 5.0 as 5.
  fileprivate func asStored() throws(StoreError) -> JSONValue {
    do {
      return try JSONValue(parsing: serialized)
    } catch {
      throw .invalid(ValidationError("/spec", error.message))
    }
  }
}
