import ArgumentParser

/// `aspen camera delete NAME …`
struct CameraDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete cameras and their streams.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The cameras' names.", valueName: "name"),
    completion: .names(of: "cameras"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runDelete(names, deletion, options, in: context)
  }
}
