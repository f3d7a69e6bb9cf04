import ArgumentParser

/// `aspen camera get NAME`
struct CameraGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a camera, and why it is down.")

  @Argument(help: "The camera's name.") var name: String
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runGet(name, options, in: context)
  }
}
