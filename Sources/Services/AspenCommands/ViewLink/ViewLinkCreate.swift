import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen view-link create STREAM`
struct ViewLinkCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Print a link by which anybody who has it can watch the stream until it expires.",
    discussion: "aspen view-link create yard --expires-in 2h")

  @Argument(help: "The stream's name.", completion: .names(of: "streams")) var stream: String

  @Option(help: ArgumentHelp("How long it is valid: 15m, 24h, 7d.", valueName: "span"))
  var expiresIn = SpanArgument(seconds: 3600)

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let link = try await session.client.create(
        APIOperations.viewLinkCreate,
        body: ["stream": .string(stream), "expires_in_seconds": .integer(expiresIn.seconds)])
      guard session.format == .table else { return session.printDocument(link) }
      guard let path = link["path"]?.text else {
        throw ClientError.unexpectedAnswer("its answer holds no path")
      }
      if let expiry = link["expires_at"]?.text {
        context.writeError("whoever has this link can watch \(stream) until \(expiry):")
      }
      context.write(session.client.address + path + "\n")
    }
  }
}
