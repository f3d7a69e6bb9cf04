import ArgumentParser

/// `aspen token delete NAME …`
struct TokenDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete access tokens: who uses them is refused from then on.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The tokens' names.", valueName: "name"),
    completion: .names(of: "tokens"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.token.runDelete(names, deletion, options, in: context)
  }
}
