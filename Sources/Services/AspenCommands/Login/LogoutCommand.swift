import ArgumentParser
import AspenClient

/// `aspen logout`
struct LogoutCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "End the session of a context and forget what proves who you are.")

  @Option(
    help: ArgumentHelp("The context; the current one unless given.", valueName: "name"),
    completion: .contexts)
  var context: String?

  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file())
  var config: String?

  func run(in context: CommandContext) async throws {
    let file = ClientConfigurationFile(flag: config, environment: context.environment)
    var configuration = try file.load()
    let named = self.context ?? context.environment.filled("ASPEN_CONTEXT")
    guard let name = named ?? configuration.currentContext else {
      throw CommandError(.usage, "there is no current context")
    }
    guard var left = configuration.contexts[name] else {
      throw CommandError.unknownContext(name, configuration)
    }
    let settings = ClientSettings(server: left.server, ca: left.ca).with(left.credential)
    var words = "signed out of '\(name)'"
    switch left.credential {
    case .none: words = "'\(name)' was signed out already"
    case .token: words += "; the token itself stays valid, see aspen token delete"
    case .session:
      // A session that has ended, or a controller that is away, must not keep the secret here.
      do {
        try await Session.converse(settings, in: context) { try await $0.signOut() }
      } catch let error as CommandError where error.status != .unauthorized {
        context.writeError(
          "aspen: warning: the controller was not told: \(error.lines.first ?? "")")
      } catch is CommandError {}
    }
    left.credential = .none
    left.username = nil
    configuration.contexts[name] = left
    try file.save(configuration)
    context.write(words + "\n")
  }
}
