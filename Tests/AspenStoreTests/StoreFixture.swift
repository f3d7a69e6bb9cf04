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
    // A loaded machine is slow and not stopped.
    return try await body(Store(pool: pool, longestTurn: .seconds(60)))
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
    _ name: String, labels: [String: String] = [:], username: String? = nil,
    password: SealedSecret? = nil
  ) async throws -> Resource {
    try await write { transaction in
      try await ResourceQueries.create(
        transaction, .camera, name: .of(name), labels: Labels(labels),
        spec: CameraSpec.rtsp(username: username).json,
        extras: password.map { .camera(.set($0)) } ?? .none)
    }
  }

  @discardableResult
  func addStream(
    _ name: String, camera: String, labels: [String: String] = [:]
  ) async throws -> Stream {
    try await write { transaction in
      _ = try await ResourceQueries.create(
        transaction, .stream, name: .of(name), labels: Labels(labels),
        spec: StreamSpec(camera: .of(camera)).json, extras: .stream(camera: .of(camera)))
      return try await StreamQueries.get(transaction, name: .of(name))
    }
  }

  /// Adds a resource that has nothing but a spec.
  @discardableResult
  func add(
    _ kind: ResourceKind, _ name: String, _ spec: JSONValue = [:], extras: ResourceExtras = .none
  ) async throws -> Resource {
    try await write { transaction in
      try await ResourceQueries.create(
        transaction, kind, name: .of(name), spec: spec, extras: extras)
    }
  }

  @discardableResult
  func addToken(_ name: String, _ spec: TokenSpec) async throws -> Resource {
    try await add(.token, name, spec.json, extras: .token(secretSHA256: digest(name)))
  }

  /// Adds a join token with the label `from=token`.
  @discardableResult
  func addJoinToken(
    _ name: String, _ spec: JoinTokenSpec = JoinTokenSpec()
  ) async throws -> Resource {
    try await write { transaction in
      try await ResourceQueries.create(
        transaction, .joinToken, name: .of(name), labels: Labels(["from": "token"]),
        spec: spec.json, extras: .joinToken(publicID: name, secretSHA256: digest(name)))
    }
  }

  /// Adds a worker through a join token of its own.
  @discardableResult
  func addWorker(_ name: String, capacity: Int = 10) async throws -> Worker {
    try await addJoinToken("for-\(name)")
    return try await write { transaction in
      try await WorkerQueries.join(
        transaction,
        WorkerJoin(
          tokenPublicID: "for-\(name)", tokenSecretSHA256: digest("for-\(name)"), name: .of(name),
          capacityStreams: capacity, version: "1.0", credentialSHA256: digest("credential " + name))
      )
    }
  }

  func get(_ kind: ResourceKind, _ name: String) async throws -> Resource {
    try await ResourceQueries.get(pool, kind, .of(name))
  }

  /// Changes parts of a resource, as it is stored now or as somebody has it in hand.
  @discardableResult
  func update(
    _ kind: ResourceKind, _ name: String, from current: Resource? = nil,
    labels: [String: String]? = nil, spec: JSONValue? = nil, extras: ResourceExtras = .none,
    origin: ChangeOrigin? = nil
  ) async throws -> Resource {
    try await write(origin: origin) { transaction in
      let stored = try await ResourceQueries.get(transaction, kind, .of(name))
      let current = current ?? stored
      return try await ResourceQueries.update(
        transaction, current, labels: labels.map { try Labels($0) } ?? current.metadata.labels,
        annotations: current.metadata.annotations, spec: spec ?? current.spec, extras: extras)
    }
  }

  func delete(
    _ kind: ResourceKind, _ name: String, origin: ChangeOrigin? = nil
  ) async throws {
    try await write(origin: origin) { transaction in
      try await ResourceQueries.delete(
        transaction, try await ResourceQueries.get(transaction, kind, .of(name)))
    }
  }

  /// The names of a kind, all of them.
  func names(_ kind: ResourceKind) async throws -> [String] {
    try await ResourceQueries.list(pool, kind, ListRequest()).items.map(\.metadata.name.text)
  }

  /// All changes there are.
  func feed() async throws -> [Change] {
    try await ChangeFeedQueries.changes(pool, after: 0).changes
  }
}

/// A secret that nobody can open.
func sealed(_ text: String, key: String = "k1") -> SealedSecret {
  SealedSecret(keyID: key, bytes: digest(text))
}

extension ChangeOrigin {
  /// What a person does.
  static func of(_ name: String, _ operation: String) -> ChangeOrigin {
    ChangeOrigin(
      actor: Actor(kind: .user, name: name), address: "192.0.2.7", requestID: "r-\(operation)",
      operation: operation)
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

extension Store {
  /// Puts a stream that is nowhere on a worker.
  @discardableResult
  func place(_ stream: Stream, on worker: Worker) async throws -> Assignment {
    let step = PlannedChange.place(
      streamID: stream.metadata.id, workerID: worker.metadata.id, expectedGeneration: nil,
      reason: "most room")
    let placed = try await write { try await AssignmentQueries.commit($0, [step]) }
    guard let assignment = placed.first else { throw StoreError.notFound(.assignment) }
    return assignment
  }
}

extension Store {
  /// Takes leadership.
  func lead() async throws -> LeadershipClaim {
    let answer = try await LeadershipQueries.acquire(self, holder: "test", lease: .seconds(60))
    guard case .leads(let epoch) = answer else { throw StoreError.notLeader(epoch: 0) }
    return LeadershipClaim(holder: "test", epoch: epoch)
  }
}
