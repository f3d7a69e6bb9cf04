import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen token update NAME`
struct TokenUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a join token: how often and how long it still works.")

  @Argument(help: "The token's name.") var name: String

  @Option(help: ArgumentHelp("How many more workers may join."))
  var uses: Int?

  @Option(help: ArgumentHelp("How long it is valid from now: 90s, 15m, 24h, 7d."))
  var expiresIn: SpanArgument?

  @Option(help: ArgumentHelp("Labels: site=yard sets, floor- removes.", valueName: "labels"))
  var labels: LabelChanges?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if uses == nil, expiresIn == nil, labels == nil {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let spec = JSONValue.object(compacting: [
      ("uses", uses.map { .integer(Int64($0)) }),
      ("expires_in_seconds", expiresIn.map { .integer($0.seconds) }),
    ])
    let body = JSONValue.object(compacting: [
      ("labels", labels?.patch), ("spec", spec == .object([]) ? nil : spec),
    ])
    try await Session.run(options, in: context) { session in
      let updated = try await session.client.resource(
        APIOperations.joinTokenUpdate, name, body: body)
      session.print(done: "join token \(name) updated", updated)
    }
  }
}
