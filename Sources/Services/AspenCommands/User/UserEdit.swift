import ArgumentParser

/// `aspen user edit NAME`
struct UserEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a user in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The user's name.", completion: .names(of: "users")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.user.runEdit(name, change, options, in: context)
  }
}
