import ArgumentParser

/// `aspen worker get NAME`
struct WorkerGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a worker.")

  @Argument(help: "The worker's name.") var name: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runGet(name, options, in: context)
  }
}
