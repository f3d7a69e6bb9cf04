import ArgumentParser

/// `aspen user get NAME`
struct UserGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a user.")

  @Argument(help: "The user's name.", completion: .names(of: "users")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.user.runGet(name, fields: fields, options, in: context)
  }
}
