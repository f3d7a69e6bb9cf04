import ArgumentParser

/// `aspen assignment get STREAM`
struct AssignmentGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show where a stream runs and why there.")

  @Argument(help: "The stream's name.") var stream: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runGet(stream, options, in: context)
  }
}
