import ArgumentParser

/// `aspen camera list`
struct CameraList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List cameras.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runList(listing, options, in: context)
  }
}
