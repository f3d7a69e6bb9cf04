import ArgumentParser

/// `aspen stream get NAME`
struct StreamGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a stream, where it runs and why it is down.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runGet(name, fields: fields, options, in: context)
  }
}
