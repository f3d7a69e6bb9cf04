import ArgumentParser
import AspenModel

/// `aspen join-token update NAME`
struct JoinTokenUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a join token: how often and how long it still works.")

  @Argument(help: "The token's name.", completion: .names(of: "join-tokens")) var name: String

  @Option(help: "How many more workers may join.")
  var uses: Int?

  @Option(
    help: ArgumentHelp("How long it is valid from now: 90s, 15m, 24h, 7d.", valueName: "span"))
  var expiresIn: SpanArgument?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if uses == nil, expiresIn == nil, metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [
      ("uses", uses.map { .integer(Int64($0)) }),
      ("expires_in_seconds", expiresIn.map { .integer($0.seconds) }),
    ])
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec == .object([]) ? nil : spec)])
    try await ResourceCommands.joinToken.runUpdate(name, patch: patch, change, options, in: context)
  }
}
