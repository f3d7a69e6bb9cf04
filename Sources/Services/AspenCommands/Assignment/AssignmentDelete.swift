import ArgumentParser

/// `aspen assignment delete STREAM …`
struct AssignmentDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Take streams from their workers; the scheduler places them again.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The streams' names.", valueName: "stream"),
    completion: .names(of: "streams"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runDelete(
      names, deletion, options, in: context, done: "evicted")
  }
}
