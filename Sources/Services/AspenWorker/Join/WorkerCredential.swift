import AspenCrypto
import AspenModel
import AspenRuntime

/// Who a worker is, kept in its state directory.
///
///     made ──stored──▶ offered with a join token ──accepted, stored──▶ joined
///
/// The worker makes it itself and stores it before it joins, so that a join whose answer was lost can
/// be repeated: the controller knows the same worker by the same credential.
struct WorkerCredential: Sendable, Hashable {
  /// The addresses of those that know it, or shall; one at least.
  let controllers: [ControllerAddress]
  let worker: String
  let secret: Secret
  /// Whether a controller has accepted it.
  var isJoined = true

  private enum Limits {
    /// 256 bits: nobody guesses it, and a digest is enough to store it.
    static let randomBytes = 32
  }

  /// A new one, that no controller knows yet.
  static func make(_ configuration: WorkerConfiguration) -> WorkerCredential {
    WorkerCredential(
      controllers: configuration.controllers, worker: configuration.name.text,
      secret: Secret(
        "aspen_worker_" + Base64URL.encode(RandomBytes.generate(Limits.randomBytes))),
      isJoined: false)
  }

  private var json: JSONValue {
    [
      "controllers": .array(controllers.map { .string($0.text) }), "worker": .string(worker),
      "credential": .string(secret.revealed), "joined": .bool(isJoined),
    ]
  }

  /// The stored credential; nil if there is none for these controllers and this name. Blocks.
  static func load(_ configuration: WorkerConfiguration) throws(WorkerError) -> WorkerCredential? {
    let path = path(configuration)
    guard ProtectedFile.exists(path) else { return nil }
    do {
      let json = try JSONValue(parsing: ProtectedFile.read(path))
      // Earlier versions had one controller.
      let known =
        json["controllers"]?.elements?.compactMap(\.text)
        ?? [json["controller"]?.text].compactMap(\.self)
      guard !known.isEmpty, let worker = json["worker"]?.text,
        let secret = json["credential"]?.text
      else { throw JSONError(message: "is not complete") }
      // A credential is only ever sent to controllers of which one gave it.
      guard configuration.controllers.contains(where: { known.contains($0.text) }),
        worker == configuration.name.text
      else { return nil }
      return WorkerCredential(
        controllers: configuration.controllers, worker: worker, secret: Secret(secret),
        // Earlier versions stored none that was not accepted.
        isJoined: json["joined"]?.flag ?? true)
    } catch let error as RuntimeError {
      throw .state("\(error)")
    } catch {
      throw .state("\(path): \(error); remove it to join anew")
    }
  }

  /// Makes the state directory if it is missing. Blocks.
  static func prepareDirectory(_ configuration: WorkerConfiguration) throws(WorkerError) {
    do {
      try ProtectedFile.makeDirectory(configuration.stateDirectory)
    } catch {
      throw .state("\(error)")
    }
  }

  /// Stores the credential, readable by its owner only. Blocks.
  func store(_ configuration: WorkerConfiguration) throws(WorkerError) {
    do {
      try ProtectedFile.write(
        Array(json.serializedText.utf8), to: Self.path(configuration))
    } catch {
      throw .state("\(error)")
    }
  }

  private static func path(_ configuration: WorkerConfiguration) -> String {
    "\(configuration.stateDirectory)/worker.json"
  }
}
