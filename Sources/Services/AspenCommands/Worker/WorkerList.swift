import ArgumentParser

/// `aspen worker list`
struct WorkerList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List workers.", aliases: ["ls"])

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runList(options, selector: selection.selector, in: context)
  }
}
