import ArgumentParser

/// `aspen controller get NAME`
struct ControllerGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a controller and whether it leads.")

  @Argument(help: "The controller's name.", completion: .names(of: "controllers"))
  var name: String

  @Option(help: ArgumentHelp("Only these fields: status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.controller.runGet(name, fields: fields, options, in: context)
  }
}
