import ArgumentParser
import AspenModel

/// `aspen site update NAME`
struct SiteUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a site's description, placement or labels.")

  @Argument(help: "The site's name.", completion: .names(of: "sites")) var name: String
  @Option(help: ArgumentHelp("What it is, for people.", valueName: "text")) var description: String?

  @Option(help: "Share streams out evenly (spread), or on as few workers as can be (pack).")
  var placement: PlacementPolicy?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if description == nil, placement == nil, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [
      ("description", description.map { .string($0) }),
      ("placement", placement.map { .string($0.rawValue) }),
    ])
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec.members?.isEmpty == true ? nil : spec)])
    try await ResourceCommands.site.runUpdate(name, patch: patch, change, options, in: context)
  }
}
