import ArgumentParser

/// `aspen token edit NAME`
struct TokenEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a token in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The token's name.", completion: .names(of: "tokens")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.token.runEdit(name, change, options, in: context)
  }
}
