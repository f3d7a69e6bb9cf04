import ArgumentParser

/// `aspen site edit NAME`
struct SiteEdit: Command {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a site in your editor: VISUAL, EDITOR or vi.")

  @Argument(help: "The site's name.", completion: .names(of: "sites")) var name: String
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.site.runEdit(name, change, options, in: context)
  }
}
