import ArgumentParser

/// `aspen camera edit NAME`
struct CameraEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a camera in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The camera's name.", completion: .names(of: "cameras")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runEdit(name, change, options, in: context)
  }
}
