import ArgumentParser

/// `aspen token list`
struct TokenList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List join tokens.", aliases: ["ls"])

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.joinToken.runList(options, selector: selection.selector, in: context)
  }
}
