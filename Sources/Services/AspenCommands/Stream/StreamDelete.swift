import ArgumentParser

/// `aspen stream delete NAME …`
struct StreamDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete streams.", aliases: ["rm"])

  @Argument(help: ArgumentHelp("The streams' names.", valueName: "name")) var names: [String]
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runDelete(names, options, in: context)
  }
}
