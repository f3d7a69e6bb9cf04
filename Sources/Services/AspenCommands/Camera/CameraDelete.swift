import ArgumentParser

/// `aspen camera delete NAME …`
struct CameraDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete cameras and their streams.", aliases: ["rm"])

  @Argument(help: ArgumentHelp("The cameras' names.", valueName: "name")) var names: [String]
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runDelete(names, options, in: context)
  }
}
