import ArgumentParser

/// `aspen join-token edit NAME`
struct JoinTokenEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a join token in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The join token's name.", completion: .names(of: "join-tokens")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runEdit(name, change, options, in: context)
  }
}
