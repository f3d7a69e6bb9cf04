import ArgumentParser

/// `aspen assignment list`
struct AssignmentList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List assignments.", aliases: ["ls"])

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.assignment.runList(options, in: context)
  }
}
