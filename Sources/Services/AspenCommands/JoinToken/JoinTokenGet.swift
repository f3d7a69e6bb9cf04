import ArgumentParser

/// `aspen join-token get NAME`
struct JoinTokenGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a join token; its secret was shown when it was made.")

  @Argument(help: "The join token's name.", completion: .names(of: "join-tokens")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runGet(name, fields: fields, options, in: context)
  }
}
