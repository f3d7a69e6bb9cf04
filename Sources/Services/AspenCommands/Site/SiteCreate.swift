import ArgumentParser
import AspenModel

/// `aspen site create NAME`
struct SiteCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a site.", aliases: ["add"])

  @Argument(help: "The site's name: a-z, 0-9, '-' and '.'.") var name: String
  @Option(help: ArgumentHelp("What it is, for people.", valueName: "text")) var description: String?

  @Option(help: "Share streams out evenly (spread), or on as few workers as can be (pack).")
  var placement: PlacementPolicy?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [
      ("description", description.map { .string($0) }),
      ("placement", placement.map { .string($0.rawValue) }),
    ])
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", spec)])
    try await ResourceCommands.site.runCreate(name, body: body, creation, options, in: context)
  }
}

extension PlacementPolicy: ExpressibleByArgument {}
