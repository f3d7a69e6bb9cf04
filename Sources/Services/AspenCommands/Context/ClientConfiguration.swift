import AspenClient
import AspenModel
import AspenRuntime

/// The configuration file of `aspen`: one JSON object.
///
/// | key | meaning |
/// |---|---|
/// | `server`, `token` or `token_file`, `ca` | a controller without a name: used when no context is |
/// | `current_context` | the context that is used unless another is named |
/// | `contexts` | by name: `server`, `ca`, `token` or `session`, `username` |
struct ClientConfiguration: Sendable, Hashable {
  var server: String?
  var token: Secret?
  var tokenFile: String?
  var ca: String?
  var currentContext: String?
  var contexts: [String: ClientContext] = [:]

  /// The longest token: those of identity providers have some kilobytes.
  static let maxCredentialBytes = 16 * 1024
  /// More contexts than anybody signs in to; each is held in memory.
  static let maxContexts = 1000

  /// Reads the file's document strictly: an unknown key is an error.
  static func read(_ json: JSONValue) throws(ValidationError) -> ClientConfiguration {
    try FieldReader.read(json) { fields in
      var configuration = ClientConfiguration()
      configuration.server = fields.text("server")
      configuration.token = fields.text("token", maxBytes: maxCredentialBytes).map { Secret($0) }
      configuration.tokenFile = fields.text("token_file", maxBytes: 4096)
      configuration.ca = fields.text("ca", maxBytes: 4096)
      configuration.currentContext = fields.text("current_context")
      let contexts = fields.value("contexts")
      configuration.contexts =
        fields.parsed("contexts") { () throws(ValidationError) -> [String: ClientContext] in
          try Self.contexts(contexts)
        } ?? [:]
      return configuration
    }
  }

  private static func contexts(
    _ json: JSONValue?
  ) throws(ValidationError) -> [String: ClientContext] {
    guard let json else { return [:] }
    guard let members = json.members else {
      throw ValidationError("/contexts", "must be an object, not \(json.kindName)")
    }
    guard members.count <= maxContexts else {
      throw ValidationError("/contexts", "has more than \(maxContexts) contexts")
    }
    var contexts: [String: ClientContext] = [:]
    for member in members {
      guard isName(member.name) else {
        throw ValidationError("/contexts", "has a name that is not \(nameWords)")
      }
      contexts[member.name] = try ClientContext.read(
        member.value, at: "/contexts/\(member.name)")
    }
    return contexts
  }

  /// What a context may be called.
  static let nameWords = "1 to 100 letters, digits, - _ . : @"

  /// Whether a context may be called so.
  static func isName(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x40, 0x5F: true
        default: false
        }
      }
  }

  /// The document, secrets included.
  var stored: JSONValue {
    .object(compacting: [
      ("server", server.map { .string($0) }), ("token", token.map { .string($0.revealed) }),
      ("token_file", tokenFile.map { .string($0) }), ("ca", ca.map { .string($0) }),
      ("current_context", currentContext.map { .string($0) }),
      (
        "contexts",
        contexts.isEmpty
          ? nil
          : .object(
            contexts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.stored) })
      ),
    ])
  }

  /// Whether the file would hold something that others must not read.
  var holdsSecret: Bool {
    token != nil || contexts.values.contains { $0.credential != .none }
  }
}

/// Where the configuration is kept.
struct ClientConfigurationFile: Sendable, Hashable {
  /// Nil when the environment names no home.
  let path: String?
  /// Whether somebody named it, so that it must be there.
  let isNamed: Bool

  /// The file that is named by flag or ASPEN_CONFIG, else the user's own.
  init(flag: String?, environment: [String: String]) {
    if let path = flag ?? environment["ASPEN_CONFIG"] {
      self.path = path
      isNamed = true
      return
    }
    let directory =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].map { $0 + "/.config" }
    path = directory.map { $0 + "/aspen/config.json" }
    isNamed = false
  }

  /// Reads it; a file that nobody named and that is not there is empty. `mayBeMissing` says that of a
  /// named one too.
  func load(mayBeMissing: Bool = false) throws(CommandError) -> ClientConfiguration {
    guard let path, (isNamed && !mayBeMissing) || ProtectedFile.exists(path) else {
      return ClientConfiguration()
    }
    let bytes: [UInt8]
    do throws(RuntimeError) {
      bytes = try ProtectedFile.read(path)
    } catch {
      throw CommandError(error)
    }
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw CommandError(.usage, "\(path): it is not JSON: \(error.message)")
    }
    do throws(ValidationError) {
      return try ClientConfiguration.read(json)
    } catch {
      throw CommandError(.usage, lines: error.violations.map { Self.words($0, path) })
    }
  }

  /// Writes it, readable by its owner alone.
  func save(_ configuration: ClientConfiguration) throws(CommandError) {
    guard let path else {
      throw CommandError(.usage, "set HOME or --config: there is no place for the configuration")
    }
    do throws(RuntimeError) {
      if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
        try ProtectedFile.makeDirectory(String(path[..<slash]))
      }
      try ProtectedFile.write(Array((configuration.stored.prettyPrinted + "\n").utf8), to: path)
    } catch {
      throw CommandError(error)
    }
  }

  /// What its owner should know: others can read what they must not.
  func warnings(of configuration: ClientConfiguration) -> [String] {
    guard let path, configuration.holdsSecret else { return [] }
    return Self.warning(path)
  }

  /// A line if others can read the file, which holds a token.
  static func warning(_ path: String) -> [String] {
    ProtectedFile.isReadableByOthers(path)
      ? ["\(path) holds a token and others can read it; run: chmod 600 \(path)"] : []
  }

  private static func words(_ violation: FieldViolation, _ path: String) -> String {
    let key = violation.field.split(separator: "/").joined(separator: ".")
    return "\(path): \(key.isEmpty ? "it" : key) \(violation.reason)"
  }
}
