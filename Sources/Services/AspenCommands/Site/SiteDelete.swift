import ArgumentParser

/// `aspen site delete NAME …`
struct SiteDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete sites that nothing belongs to.", aliases: ["rm"])

  @Argument(
    help: ArgumentHelp("The sites' names.", valueName: "name"),
    completion: .names(of: "sites"))
  var names: [String] = []

  @OptionGroup var deletion: DeleteOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try deletion.validate(names: names)
  }

  func run(in context: CommandContext) async throws {
    try await ResourceCommands.site.runDelete(names, deletion, options, in: context)
  }
}
