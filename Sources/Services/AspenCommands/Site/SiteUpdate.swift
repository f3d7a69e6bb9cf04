import ArgumentParser
import AspenModel

/// `aspen site update NAME`
struct SiteUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a site's description or labels.")

  @Argument(help: "The site's name.", completion: .names(of: "sites")) var name: String
  @Option(help: ArgumentHelp("What it is, for people.", valueName: "text")) var description: String?
  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if description == nil, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let patch = JSONValue.object(
      compacting: metadata.patch + [
        ("spec", description.map { ["description": .string($0)] })
      ])
    try await ResourceCommands.site.runUpdate(name, patch: patch, change, options, in: context)
  }
}
