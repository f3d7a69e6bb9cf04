import ArgumentParser

/// `aspen stream edit NAME`
struct StreamEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a stream in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runEdit(name, change, options, in: context)
  }
}
