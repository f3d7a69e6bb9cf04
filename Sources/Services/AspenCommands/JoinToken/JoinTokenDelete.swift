import ArgumentParser

/// `aspen join-token delete NAME …`
struct JoinTokenDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete join tokens; workers that have joined stay.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The join tokens' names.", valueName: "name"),
    completion: .names(of: "join-tokens"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runDelete(names, deletion, options, in: context)
  }
}
