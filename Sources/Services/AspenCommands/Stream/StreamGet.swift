import ArgumentParser

/// `aspen stream get NAME`
struct StreamGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a stream, where it runs and why it is down.")

  @Argument(help: "The stream's name.") var name: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runGet(name, options, in: context)
  }
}
