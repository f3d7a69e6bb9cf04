import ArgumentParser

/// `aspen camera get NAME`
struct CameraGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a camera, and why it is down.")

  @Argument(help: "The camera's name.", completion: .names(of: "cameras")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runGet(name, fields: fields, options, in: context)
  }
}
