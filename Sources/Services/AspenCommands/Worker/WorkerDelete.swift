import ArgumentParser

/// `aspen worker delete NAME …`
struct WorkerDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete workers; their credentials end and their streams move.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The workers' names.", valueName: "name"),
    completion: .names(of: "workers"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runDelete(names, deletion, options, in: context)
  }
}
