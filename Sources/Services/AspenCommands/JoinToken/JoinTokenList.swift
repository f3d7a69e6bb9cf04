import ArgumentParser

/// `aspen join-token list`
struct JoinTokenList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List join tokens.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runList(listing, options, in: context)
  }
}
