import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen token create NAME`
struct TokenCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create a join token and print it, this one time.",
    discussion: "aspen token create yard --uses 3 --expires-in 24h > join-token")

  @Argument(help: "The token's name: a-z, 0-9, '-' and '.'.") var name: String

  @Option(help: ArgumentHelp("How many workers may join; any number unless given."))
  var uses: Int?

  @Option(help: ArgumentHelp("How long it is valid: 90s, 15m, 24h, 7d; for ever unless given."))
  var expiresIn: SpanArgument?

  @Option(help: ArgumentHelp("Labels of the workers that join with it.", valueName: "labels"))
  var labels: LabelChanges?

  @OptionGroup var options: ControllerOptions

  func validate() throws {
    try labels?.validateForCreation()
  }

  func run(in context: CommandContext) async throws {
    let body = JSONValue.object(compacting: [
      ("name", .string(name)), ("labels", labels?.set.json),
      (
        "spec",
        .object(compacting: [
          ("uses", uses.map { .integer(Int64($0)) }),
          ("expires_in_seconds", expiresIn.map { .integer($0.seconds) }),
        ])
      ),
    ])
    try await Session.run(options, in: context) { session in
      let created = try await session.client.resource(APIOperations.joinTokenCreate, body: body)
      guard let token = created["token"]?.text else {
        throw ClientError.unexpectedAnswer("its answer holds no token")
      }
      if session.format == .table {
        context.writeError("join token \(name) created; it is shown only now:")
      }
      session.print(done: token, created)
    }
  }
}
