import ArgumentParser

/// `aspen token delete NAME …`
struct TokenDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete join tokens; workers that have joined stay.",
    aliases: ["rm"])

  @Argument(help: ArgumentHelp("The tokens' names.", valueName: "name")) var names: [String]
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runDelete(names, options, in: context)
  }
}
