import ArgumentParser

/// `aspen user list`
struct UserList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List users.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.user.runList(listing, options, in: context)
  }
}
