import ArgumentParser

/// `aspen assignment delete STREAM …`
struct AssignmentDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Take streams from their workers; the scheduler places them again.", aliases: ["rm"])

  @Argument(help: ArgumentHelp("The streams' names.", valueName: "stream")) var names: [String]
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runDelete(names, options, in: context, done: "evicted")
  }
}
