import ArgumentParser

/// `aspen controller list`
struct ControllerList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List controllers and which one leads.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.controller.runList(listing, options, in: context)
  }
}
