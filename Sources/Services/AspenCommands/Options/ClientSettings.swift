import AspenClient
import AspenModel
import AspenRuntime

/// Which controller to ask, and who asks. From the strongest to the weakest: flags, ASPEN_SERVER and
/// ASPEN_TOKEN, the context that --context or ASPEN_CONTEXT names, the current context, what the
/// configuration file says without a context, this machine.
///
/// What a context knows of its controller, token and certificates, is never used for another one.
struct ClientSettings: Sendable, Hashable {
  /// Where a server was named.
  enum Origin: Sendable, Hashable {
    case flag, environment
    case context(String)
    case file
    case `default`
  }

  let server: String
  let serverOrigin: Origin
  var credential: ClientCredential
  let ca: String?
  /// The context in use, if the server is its.
  let contextName: String?
  /// What the user should know of the files that were read.
  let warnings: [String]

  private static let defaultServer = "http://127.0.0.1:8480"

  /// One place that may say something; what it does not say is nil.
  private struct Layer {
    var origin: Origin
    var server: String?
    var token: Secret?
    var tokenFile: String?
    var session: Secret?
    var ca: String?
  }

  init(_ options: ConnectionOptions, environment: [String: String]) throws(CommandError) {
    let file = ClientConfigurationFile(flag: options.config, environment: environment)
    let configuration = try file.load()
    var warnings = file.warnings(of: configuration)
    let flags = Layer(
      origin: .flag, server: options.server, token: options.token.map { Secret($0) },
      tokenFile: options.tokenFile, ca: options.ca)
    let variables = Layer(
      origin: .environment, server: environment.filled("ASPEN_SERVER"),
      token: environment.filled("ASPEN_TOKEN").map { Secret($0) },
      tokenFile: environment.filled("ASPEN_TOKEN_FILE"), ca: environment.filled("ASPEN_CA"))
    let named = flags.server ?? variables.server
    let context = try Self.context(
      configuration, named: options.context ?? environment.filled("ASPEN_CONTEXT"), file: file,
      isNeeded: named == nil, &warnings)
    var layers = [flags, variables]
    if let context, named == nil || named == context.value.server {
      contextName = context.name
      layers.append(Self.layer(context.name, context.value))
    } else {
      contextName = nil
      if let context, options.context != nil {
        let winner = flags.server == nil ? "ASPEN_SERVER" : "--server"
        warnings.append("\(winner) wins over --context \(context.name)")
      }
      layers.append(
        Layer(
          origin: .file, server: configuration.server, token: configuration.token,
          tokenFile: configuration.tokenFile, ca: configuration.ca))
    }
    let source = layers.first { $0.server != nil }
    server = source?.server ?? Self.defaultServer
    serverOrigin = source?.origin ?? .default
    ca = layers.lazy.compactMap(\.ca).first.map { Self.expanded($0, environment) }
    credential = try Self.credential(layers, environment, &warnings)
    self.warnings = warnings
  }

  /// A controller that is named, without anything that proves who asks.
  init(server: String, ca: String?) {
    self.server = server
    self.ca = ca
    serverOrigin = .flag
    credential = .none
    contextName = nil
    warnings = []
  }

  /// The same with what proves who asks.
  func with(_ credential: ClientCredential) -> ClientSettings {
    var settings = self
    settings.credential = credential
    return settings
  }

  /// The access token, if that is what proves who asks.
  var token: Secret? {
    if case .token(let token) = credential { token } else { nil }
  }

  private static func layer(_ name: String, _ context: ClientContext) -> Layer {
    var layer = Layer(origin: .context(name), server: context.server, ca: context.ca)
    switch context.credential {
    case .none: break
    case .token(let token): layer.token = token
    case .session(let session): layer.session = session
    }
    return layer
  }

  /// The context to use, if any. One that is named must be there; the current one only when nothing
  /// else says which controller is meant.
  private static func context(
    _ configuration: ClientConfiguration, named name: String?, file: ClientConfigurationFile,
    isNeeded: Bool, _ warnings: inout [String]
  ) throws(CommandError) -> (name: String, value: ClientContext)? {
    guard let wanted = name ?? configuration.currentContext else { return nil }
    if let value = configuration.contexts[wanted] { return (wanted, value) }
    guard name != nil else {
      if isNeeded {
        warnings.append("the current context '\(wanted)' is gone; run: aspen context use NAME")
      }
      return nil
    }
    throw CommandError.unknownContext(wanted, configuration)
  }

  /// A token of a layer wins over its token file, and both over what weaker layers say.
  private static func credential(
    _ layers: [Layer], _ environment: [String: String], _ warnings: inout [String]
  ) throws(CommandError) -> ClientCredential {
    for layer in layers {
      if let token = layer.token { return .token(token) }
      if let session = layer.session { return .session(session) }
      if let path = layer.tokenFile.map({ expanded($0, environment) }) {
        warnings += ClientConfigurationFile.warning(path)
        do throws(RuntimeError) {
          return .token(Secret(try ProtectedFile.readText(path)))
        } catch {
          throw CommandError(error)
        }
      }
    }
    return .none
  }

  /// `~/` in a configuration file is the user's home, as in a shell.
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
    return home + path.dropFirst()
  }
}

extension [String: String] {
  /// The value of a variable that is set and not empty.
  func filled(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension CommandError {
  /// A context that is not there.
  static func unknownContext(_ name: String, _ configuration: ClientConfiguration) -> CommandError {
    let names = configuration.contexts.keys.sorted()
    let known = names.isEmpty ? "there is none yet" : "known are: \(names.joined(separator: ", "))"
    return CommandError(
      .usage, "there is no context '\(name)'; \(known)", "make one: aspen login URL")
  }
}
