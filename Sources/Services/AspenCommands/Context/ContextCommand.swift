import ArgumentParser

/// `aspen context`
struct ContextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "context", abstract: "Contexts: the controllers you have signed in to.",
    subcommands: [ContextList.self, ContextShow.self, ContextUse.self, ContextDelete.self])
}

/// What every command about contexts takes.
struct ContextOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file())
  var config: String?

  /// The file, and what it says.
  func load(
    in context: CommandContext
  ) throws -> (file: ClientConfigurationFile, configuration: ClientConfiguration) {
    let file = ClientConfigurationFile(flag: config, environment: context.environment)
    let configuration = try file.load()
    for warning in file.warnings(of: configuration) {
      context.writeError("aspen: warning: \(warning)")
    }
    return (file, configuration)
  }
}
