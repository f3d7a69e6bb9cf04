import ArgumentParser

/// `aspen site get NAME`
struct SiteGet: Command {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a site.")

  @Argument(help: "The site's name.", completion: .names(of: "sites")) var name: String

  @Option(help: ArgumentHelp("Only these fields: spec,status.", valueName: "fields"))
  var fields: FieldPaths?

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.site.runGet(name, fields: fields, options, in: context)
  }
}
