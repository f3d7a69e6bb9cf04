import ArgumentParser

/// `aspen stream list`
struct StreamList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List streams.", aliases: ["ls"])

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.stream.runList(options, selector: selection.selector, in: context)
  }
}
