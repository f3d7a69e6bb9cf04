import AspenAPI
import AspenModel
import AspenStore

/// Cameras: what may be stored, and what follows from a change.
struct CameraService: Sendable {
  let store: Store
  let reconcile: @Sendable () -> Void

  /// A camera and the streams that use it.
  struct Found: Sendable {
    let camera: Camera
    let streams: [Stream]
  }

  private enum Limits {
    /// More streams of one camera are not shown with it.
    static let streamsShown = 100
  }

  /// A page of cameras.
  func list(_ request: ListRequest) async throws -> Page<Camera> {
    try await CameraQueries.list(store.pool, request)
  }

  /// One camera with its streams.
  func get(_ name: ObjectName) async throws -> Found {
    let camera = try await CameraQueries.get(store.pool, name: name)
    let streams = try await StreamQueries.list(
      store.pool, ListRequest(limit: Limits.streamsShown), camera: name)
    return Found(camera: camera, streams: streams.items)
  }

  /// Stores a camera and, unless told otherwise, a stream of the same name, both or neither.
  func create(_ body: CreateBody, withDefaultStream: Bool) async throws -> Found {
    let input = try CameraSpecInput(json: body.spec)
    if input.spec.username != nil, input.password == nil {
      throw ValidationError("/spec/password", "is required with a username")
    }
    let found = try await store.write { transaction in
      let camera = try await CameraQueries.create(
        transaction, name: body.name, labels: body.labels, spec: input.spec,
        password: input.password)
      guard withDefaultStream else { return Found(camera: camera, streams: []) }
      let stream = try await StreamQueries.create(
        transaction, name: body.name, labels: body.labels, spec: StreamSpec(camera: body.name))
      return Found(camera: camera, streams: [stream])
    }
    reconcile()
    return found
  }

  /// Changes labels and spec by a merge patch. A password stays unless the patch sets one or takes the
  /// user away.
  func update(
    _ name: ObjectName, patch: JSONValue, expectedVersion: Int64?
  ) async throws -> Found {
    let current = try await CameraQueries.get(store.pool, name: name)
    let body = try UpdateBody(
      json: patch, labels: current.metadata.labels, spec: current.spec.json)
    let input = try CameraSpecInput(json: body.spec)
    let password = try Self.passwordChange(from: current.spec, to: input)
    _ = try await store.write { transaction in
      try await CameraQueries.update(
        transaction, name: name,
        expectedVersion: expectedVersion ?? current.metadata.resourceVersion,
        CameraUpdate(
          labels: body.labels, spec: input.spec == current.spec ? nil : input.spec,
          password: password))
    }
    reconcile()
    return try await get(name)
  }

  /// Deletes a camera and its streams.
  func delete(_ name: ObjectName, expectedVersion: Int64?) async throws {
    try await store.write { transaction in
      try await CameraQueries.delete(transaction, name: name, expectedVersion: expectedVersion)
    }
    reconcile()
  }

  /// A password belongs to one user of one camera: it never follows to another address or user.
  private static func passwordChange(
    from current: CameraSpec, to input: CameraSpecInput
  ) throws -> PasswordChange {
    if let password = input.password { return .set(password) }
    guard let username = input.spec.username else { return .clear }
    if username != current.username || input.spec.host != current.host {
      throw ValidationError(
        "/spec/password", "must be given again when the user or the camera's host changes")
    }
    return .keep
  }
}

extension CameraSpec {
  /// Who would get the password.
  fileprivate var host: String? {
    if case .rtsp(let address, _) = source { address.hostAndPort } else { nil }
  }
}
