import AspenIntegrationSupport
import AspenModel
import AspenPostgres
import AspenStore

/// Runs `body` with a store in a database of its own, with all migrations applied.
func withStore<R>(
  connections: Int = 4, _ body: (Store) async throws -> R
) async throws -> R {
  try await withTestPool(connections: connections) { pool, _ in
    try await Migrator.load(directory: Checkout.root + "/migrations").migrate(pool)
    return try await body(Store(pool: pool))
  }
}

extension ObjectName {
  /// A name that is known to be valid.
  static func of(_ text: String) throws -> ObjectName { try ObjectName(text) }
}

extension CameraSpec {
  static func rtsp(_ host: String = "192.0.2.1", username: String? = nil) throws -> CameraSpec {
    let address = try RTSPAddress.parse("rtsp://\(host)/main", field: "address").address
    return CameraSpec(source: .rtsp(address, .tcp), username: username)
  }
}

extension Store {
  @discardableResult
  func addCamera(
    _ name: String, labels: [String: String] = [:], username: String? = nil, password: String? = nil
  ) async throws -> Camera {
    try await write { transaction in
      try await CameraQueries.create(
        transaction, name: .of(name), labels: Labels(labels), spec: .rtsp(username: username),
        password: password.map { Secret($0) })
    }
  }

  @discardableResult
  func addStream(
    _ name: String, camera: String, labels: [String: String] = [:]
  ) async throws -> Stream {
    try await write { transaction in
      try await StreamQueries.create(
        transaction, name: .of(name), labels: Labels(labels), spec: StreamSpec(camera: .of(camera)))
    }
  }

  /// Adds a worker through a join token of its own.
  @discardableResult
  func addWorker(_ name: String, capacity: Int = 10) async throws -> Worker {
    try await write { transaction in
      _ = try await JoinTokenQueries.create(
        transaction, name: .of("for-\(name)"), labels: Labels(["from": "token"]), publicID: name,
        secretSHA256: digest(name))
      return try await WorkerQueries.join(
        transaction,
        WorkerJoin(
          tokenPublicID: name, tokenSecretSHA256: digest(name), name: .of(name),
          capacityStreams: capacity, version: "1.0", credentialSHA256: digest("credential " + name))
      )
    }
  }

  /// All changes there are.
  func feed() async throws -> [Change] {
    try await ChangeFeedQueries.changes(pool, after: 0).changes
  }
}

/// 32 bytes that stand for the digest of a text.
func digest(_ text: String) -> [UInt8] {
  Array((Array(text.utf8) + Array(repeating: 0, count: 32)).prefix(32))
}

extension Change {
  /// `3 camera yard created`.
  var summary: String { "\(revision) \(kind.rawValue) \(objectName) \(operation.rawValue)" }
}
