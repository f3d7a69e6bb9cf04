import ArgumentParser

/// `aspen worker delete NAME …`
struct WorkerDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete workers; their credentials end and their streams move.", aliases: ["rm"])

  @Argument(help: ArgumentHelp("The workers' names.", valueName: "name")) var names: [String]
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runDelete(names, options, in: context)
  }
}
