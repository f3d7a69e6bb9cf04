import ArgumentParser
import AspenModel

/// `aspen token create NAME --role ROLE`
struct TokenCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create an access token and print it, this one time.",
    discussion: """
      aspen token create dashboard --role viewer --selector site=yard --expires-in 90d > token
      """,
    aliases: ["add"])

  @Argument(help: "The token's name: a-z, 0-9, '-' and '.'.") var name: String
  @OptionGroup(title: "Access") var grant: GrantOptions

  @Option(
    help: ArgumentHelp(
      "How long it is valid: 15m, 24h, 90d; for ever unless given.", valueName: "span"))
  var expiresIn: SpanArgument?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var creation: CreateOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try grant.validateForCreation()
    try metadata.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(
      compacting: grant.spec + [("expires_in_seconds", expiresIn.map { .integer($0.seconds) })])
    let body = JSONValue.object(
      compacting: [("name", .string(name))] + metadata.created + [("spec", spec)])
    try await ResourceCommands.token.runCreateSecret(
      name, body: body, creation, options, in: context)
  }
}
