import ArgumentParser

/// `aspen user delete NAME …`
struct UserDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete users and end their sessions.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The users' names.", valueName: "name"),
    completion: .names(of: "users"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.user.runDelete(names, deletion, options, in: context)
  }
}
