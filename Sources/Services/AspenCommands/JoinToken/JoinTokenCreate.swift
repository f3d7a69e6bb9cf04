import ArgumentParser
import AspenModel

/// `aspen join-token create NAME`
struct JoinTokenCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a join token and print it, this one time.",
    discussion: "aspen join-token create yard --uses 3 --expires-in 24h > join-token",
    aliases: ["add"])

  @Argument(help: "The token's name: a-z, 0-9, '-' and '.'.") var name: String

  @Option(help: "How many workers may join; any number unless given.")
  var uses: Int?

  @Option(
    help: ArgumentHelp(
      "How long it is valid: 90s, 15m, 24h, 7d; for ever unless given.", valueName: "span"))
  var expiresIn: SpanArgument?

  @Option(help: "The site of the workers that join with it.", completion: .names(of: "sites"))
  var site: String?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [
      ("uses", uses.map { .integer(Int64($0)) }),
      ("expires_in_seconds", expiresIn.map { .integer($0.seconds) }),
      ("site", site.map { .string($0) }),
    ])
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", spec)])
    try await ResourceCommands.joinToken.runCreateSecret(
      name, body: body, creation, options, in: context)
  }
}
