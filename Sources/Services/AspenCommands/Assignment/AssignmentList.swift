import ArgumentParser

/// `aspen assignment list`
struct AssignmentList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List assignments.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runList(listing, options, in: context)
  }
}
