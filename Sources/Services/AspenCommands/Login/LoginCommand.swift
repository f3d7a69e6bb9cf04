import ArgumentParser
import AspenClient
import AspenHTTP
import AspenModel
import AspenRuntime

/// `aspen login URL`
struct LoginCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Sign in to a controller and keep that as a context.",
    discussion: """
      aspen login https://aspen.example                       # asks for user and password
      aspen login https://aspen.example --token-stdin < token  # for programs
      aspen login https://aspen.example --username anna --password-stdin < password
      """)

  @Argument(help: ArgumentHelp("The controller's address.", valueName: "url")) var url: String

  @Option(
    name: .customLong("context"),
    help: ArgumentHelp("What to call it; the host's name unless given.", valueName: "name"),
    completion: .contexts)
  var contextName: String?

  @Option(help: "The user; asked for unless given.") var username: String?
  @OptionGroup var password: PasswordOptions

  @Flag(help: "Take an access token from standard input, one line, in place of a password.")
  var tokenStdin = false

  @Option(
    help: ArgumentHelp("Certificates to trust for https, PEM.", valueName: "file"),
    completion: .file())
  var ca: String?

  @Option(
    help: ArgumentHelp("The configuration file to write.", valueName: "file"), completion: .file())
  var config: String?

  @Flag(help: "Ask nothing.") var noInput = false

  func validate() throws {
    if tokenStdin, username != nil || password.passwordStdin {
      throw ArgumentParser.ValidationError("--token-stdin goes without a user and password.")
    }
    if password.passwordStdin, username == nil {
      throw ArgumentParser.ValidationError("--password-stdin goes with --username.")
    }
    if let contextName, !ClientConfiguration.isName(contextName) {
      throw ArgumentParser.ValidationError(
        "--context must be \(ClientConfiguration.nameWords).")
    }
  }

  func run(in context: CommandContext) async throws {
    let file = ClientConfigurationFile(flag: config, environment: context.environment)
    var configuration = try file.load(mayBeMissing: true)
    let server = try Self.server(url)
    let name = contextName ?? server.hostField
    if let warning = Self.warning(server) { context.writeError(warning) }
    let address = server.address
    var signedIn = ClientContext(server: address, ca: ca.map { Self.absolute($0, context) })
    let settings = ClientSettings(server: address, ca: signedIn.ca)
    if tokenStdin {
      guard let line = context.readLine(), !line.isEmpty else {
        throw ArgumentParser.ValidationError("--token-stdin: standard input has no line.")
      }
      signedIn.credential = .token(Secret(line))
    } else {
      let username = try username ?? askUsername(context)
      let password = try password.password("Password: ", in: context, mayAsk: !noInput)
      signedIn.username = username
      try await Session.converse(settings, in: context) { client in
        signedIn.credential = .session(
          try await client.signIn(username: username, password: password))
      }
    }
    var who: JSONValue = .null
    try await Session.converse(settings.with(signedIn.credential), in: context) { client in
      who = try await client.session()
    }
    configuration.contexts[name] = signedIn
    configuration.currentContext = name
    try file.save(configuration)
    context.write(
      "signed in to \(address) as \(WhoamiCommand.subject(of: who)); "
        + "the context is '\(name)'\n")
  }

  private func askUsername(_ context: CommandContext) throws -> String {
    guard !noInput, context.terminal.isInteractive else {
      throw ArgumentParser.ValidationError(
        "Give --username and --password-stdin, or --token-stdin.")
    }
    guard let name = context.terminal.ask("User: "), !name.isEmpty else {
      throw CommandError(.refused, "no user was given")
    }
    return name
  }

  /// The controller's address, with its scheme and without what does not belong to it.
  private static func server(
    _ text: String
  ) throws(CommandError) -> (address: String, hostField: String, isOpen: Bool) {
    var address = text.contains("://") ? text : "http://" + text
    while address.hasSuffix("/") { address.removeLast() }
    do throws(HTTPClientError) {
      let url = try HTTPURL(address)
      let isLocal =
        url.unixPath != nil || ["localhost", "::1"].contains(url.host) || url.host.hasPrefix("127.")
      return (address, url.hostField, !url.isTLS && !isLocal)
    } catch {
      throw CommandError(.usage, error.description)
    }
  }

  private static func warning(
    _ server: (address: String, hostField: String, isOpen: Bool)
  ) -> String? {
    server.isOpen
      ? "aspen: warning: \(server.address) has no TLS: others on the way can read what you send"
      : nil
  }

  /// The context is used from other directories too.
  private static func absolute(_ path: String, _ context: CommandContext) -> String {
    if path.hasPrefix("/") || path.hasPrefix("~/") { return path }
    return context.environment.filled("PWD").map { "\($0)/\(path)" } ?? path
  }
}
