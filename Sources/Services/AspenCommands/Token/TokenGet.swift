import ArgumentParser

/// `aspen token get NAME`
struct TokenGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show an access token; its secret was shown when it was made.")

  @Argument(help: "The token's name.", completion: .names(of: "tokens")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.token.runGet(name, fields: fields, options, in: context)
  }
}
