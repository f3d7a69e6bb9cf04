import ArgumentParser
import AspenModel

/// `aspen stream add NAME --camera CAMERA`
struct StreamAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a stream of a camera.", aliases: ["create"])

  @Argument(help: "The stream's name: a-z, 0-9, '-' and '.'.") var name: String

  @Option(
    help: "The camera; the one of the same name unless given.", completion: .names(of: "cameras"))
  var camera: String?

  @OptionGroup(title: "Stream") var stream: StreamOptions
  @OptionGroup var metadata: MetadataOptions

  @Flag(help: "Add it without starting it.")
  var disabled = false

  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    var spec = [JSONValue.Member("camera", .string(camera ?? name))] + stream.spec
    if disabled { spec.append(.init("enabled", false)) }
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", .object(spec))])
    try await ResourceCommands.stream.runCreate(
      name, body: body, creation, options, in: context, done: "added")
  }
}
