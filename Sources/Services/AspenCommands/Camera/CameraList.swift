import ArgumentParser

/// `aspen camera list`
struct CameraList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List cameras.", aliases: ["ls"])

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.camera.runList(options, selector: selection.selector, in: context)
  }
}
