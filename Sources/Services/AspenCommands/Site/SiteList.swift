import ArgumentParser

/// `aspen site list`
struct SiteList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List sites.", aliases: ["ls"])

  @OptionGroup(title: "List") var listing: ListOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.site.runList(listing, options, in: context)
  }
}
