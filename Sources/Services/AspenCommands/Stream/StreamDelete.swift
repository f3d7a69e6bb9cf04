import ArgumentParser

/// `aspen stream delete NAME …`
struct StreamDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete streams.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The streams' names.", valueName: "name"),
    completion: .names(of: "streams"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runDelete(names, deletion, options, in: context)
  }
}
