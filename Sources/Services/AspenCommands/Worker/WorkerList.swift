import ArgumentParser

/// `aspen worker list`
struct WorkerList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List workers.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.worker.runList(listing, options, in: context)
  }
}
