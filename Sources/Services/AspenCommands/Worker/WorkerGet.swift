import ArgumentParser

/// `aspen worker get NAME`
struct WorkerGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a worker.")

  @Argument(help: "The worker's name.", completion: .names(of: "workers")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runGet(name, fields: fields, options, in: context)
  }
}
