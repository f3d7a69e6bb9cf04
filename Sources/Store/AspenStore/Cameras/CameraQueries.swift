package import AspenModel
package import AspenPostgres

/// What happens to a stored password when a camera is updated.
package enum PasswordChange: Sendable, Hashable {
  case keep
  case set(Secret)
  case clear
}

/// What an update of a camera changes; nil leaves as it is.
package struct CameraUpdate: Sendable, Hashable {
  package var labels: Labels?
  package var spec: CameraSpec?
  package var password: PasswordChange

  /// An update of the given parts.
  package init(labels: Labels? = nil, spec: CameraSpec? = nil, password: PasswordChange = .keep) {
    self.labels = labels
    self.spec = spec
    self.password = password
  }
}

/// Cameras. Passwords are written here and read only by `AssignmentQueries.desired`.
package enum CameraQueries {
  /// Adds a camera. Throws `.conflict(.nameTaken)`.
  package static func create(
    _ transaction: StoreTransaction, name: ObjectName, labels: Labels, spec: CameraSpec,
    password: Secret?
  ) async throws(StoreError) -> Camera {
    let revision = try await transaction.nextRevision()
    let camera = try await transaction.one(
      CameraSQL.insert,
      [
        .text(name.text), .json(labels.json.serializedText), .json(spec.json.serializedText),
        password.map(credentials) ?? .null, .int(revision),
      ], camera)
    guard let camera else { throw .corrupt("no camera was inserted") }
    transaction.record(.camera, id: camera.metadata.id, name: name.text, .created)
    return camera
  }

  /// A camera by its name. Throws `.notFound`.
  package static func get(
    _ executor: some PostgresExecutor, name: ObjectName
  ) async throws(StoreError) -> Camera {
    guard let camera = try await executor.one(CameraSQL.get, [.text(name.text)], camera) else {
      throw .notFound(.camera)
    }
    return camera
  }

  /// Cameras in the order of their names.
  package static func list(
    _ executor: some PostgresExecutor, _ request: ListRequest
  ) async throws(StoreError) -> Page<Camera> {
    try await executor.page(CameraSQL.list, request, name: { $0.metadata.name }, camera)
  }

  /// Changes a camera, if it has the expected version. Its generation grows when spec or password change.
  /// Throws `.notFound` or `.conflict(.versionMismatch)`.
  package static func update(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil,
    _ update: CameraUpdate
  ) async throws(StoreError) -> Camera {
    let revision = try await transaction.nextRevision()
    var password = PostgresValue.null
    if case .set(let secret) = update.password { password = credentials(secret) }
    let camera = try await transaction.one(
      CameraSQL.update,
      [
        .text(name.text), .optional(expectedVersion),
        update.labels.map { .json($0.json.serializedText) } ?? .null,
        update.spec.map { .json($0.json.serializedText) } ?? .null,
        .bool(update.password == .keep), password, .int(revision),
      ], camera)
    guard let camera else {
      throw try await transaction.absence(
        of: .camera, in: "cameras", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.camera, id: camera.metadata.id, name: name.text, .updated)
    return camera
  }

  /// Removes a camera, its streams and their assignments. Throws `.notFound` or
  /// `.conflict(.versionMismatch)`.
  package static func delete(
    _ transaction: StoreTransaction, name: ObjectName, expectedVersion: Int64? = nil
  ) async throws(StoreError) {
    _ = try await transaction.nextRevision()
    let streams = try await transaction.all(CameraSQL.streamNames, [.text(name.text)]) {
      row throws(StoreError) in try row.name("name")
    }
    for stream in streams { try await StreamQueries.delete(transaction, name: stream) }
    let id = try await transaction.one(
      CameraSQL.delete, [.text(name.text), .optional(expectedVersion)]
    ) { row throws(StoreError) in try row.int("id") }
    guard let id else {
      throw try await transaction.absence(
        of: .camera, in: "cameras", name: name.text, expectedVersion: expectedVersion)
    }
    transaction.record(.camera, id: id, name: name.text, .deleted)
  }

  /// Reads a camera's spec; a password is never in it.
  static func spec(_ row: StoredRow, _ column: String) throws(StoreError) -> CameraSpec {
    let json = try row.json(column)
    return try row.valid(column) { () throws(ValidationError) in
      try CameraSpecInput(json: json, at: "/" + column).spec
    }
  }

  private static func camera(_ row: StoredRow) throws(StoreError) -> Camera {
    Camera(metadata: try row.metadata(), spec: try spec(row, "spec"))
  }

  private static func credentials(_ password: Secret) -> PostgresValue {
    let json: JSONValue = ["password": .string(password.revealed)]
    return .json(json.serializedText)
  }
}
