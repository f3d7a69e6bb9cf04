import ArgumentParser

/// `aspen role-binding list`
struct RoleBindingList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List role bindings: who may do what.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.roleBinding.runList(listing, options, in: context)
  }
}
