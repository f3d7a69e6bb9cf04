import ArgumentParser

/// `aspen token list`
struct TokenList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List access tokens.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.token.runList(listing, options, in: context)
  }
}
