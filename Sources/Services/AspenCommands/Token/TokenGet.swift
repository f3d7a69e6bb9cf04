import ArgumentParser

/// `aspen token get NAME`
struct TokenGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a join token; its secret was shown when it was made.")

  @Argument(help: "The token's name.") var name: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runGet(name, options, in: context)
  }
}
