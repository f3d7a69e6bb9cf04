import ArgumentParser
import AspenModel

/// `aspen token update NAME`
struct TokenUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change what an access token may do and how long.")

  @Argument(help: "The token's name.", completion: .names(of: "tokens")) var name: String
  @OptionGroup(title: "Access") var grant: GrantOptions

  @Option(help: ArgumentHelp("How long it is valid from now: 15m, 24h, 90d.", valueName: "span"))
  var expiresIn: SpanArgument?

  @OptionGroup var metadata: MetadataOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if spec == .object([]), metadata.isEmpty {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let patch = JSONValue.object(
      compacting: metadata.patch + [("spec", spec == .object([]) ? nil : spec)])
    try await ResourceCommands.token.runUpdate(name, patch: patch, change, options, in: context)
  }

  /// The merge patch of the spec.
  private var spec: JSONValue {
    .object(
      compacting: grant.spec + [("expires_in_seconds", expiresIn.map { .integer($0.seconds) })])
  }
}
