import ArgumentParser

/// `aspen operation get NAME`
struct OperationGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show an operation and how far it is.")

  @Argument(help: "The operation's name.", completion: .names(of: "operations")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.operation.runGet(name, fields: fields, options, in: context)
  }
}
