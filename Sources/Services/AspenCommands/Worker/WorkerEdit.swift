import ArgumentParser

/// `aspen worker edit NAME`
struct WorkerEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a worker in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The worker's name.", completion: .names(of: "workers")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runEdit(name, change, options, in: context)
  }
}
