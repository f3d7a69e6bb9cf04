import ArgumentParser

/// `aspen stream list`
struct StreamList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List streams.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runList(listing, options, in: context)
  }
}
