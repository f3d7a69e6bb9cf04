import ArgumentParser

/// `aspen assignment get STREAM`
struct AssignmentGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show where a stream runs and why there.")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var stream: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runGet(stream, fields: fields, options, in: context)
  }
}
