import ArgumentParser

/// `aspen operation list`
struct OperationList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List operations, work that takes longer than a request.",
    aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.operation.runList(listing, options, in: context)
  }
}
