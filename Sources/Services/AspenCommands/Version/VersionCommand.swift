import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen version`
struct VersionCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the versions of this program and of the controller.")

  @Flag(help: "Only this program's; the controller is not asked.") var client = false
  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    let printer = Printer(options.output, in: context)
    let own = ProgramVersion.current
    if client {
      return printer.print(done: "aspen \(own)", ["client": .string(own)])
    }
    var server: JSONValue?
    var failure: CommandError?
    do {
      try await Session.run(options, in: context) { session in
        server = try await session.client.resource(APIOperations.versionGet)
      }
    } catch let error as CommandError {
      failure = error
    }
    let words = server?["version"]?.text ?? "unknown"
    printer.print(
      done: "aspen       \(own)\ncontroller  \(words)",
      .object(compacting: [("client", .string(own)), ("server", server)]))
    if let failure { throw failure }
    if let oldest = server?["oldest_client"]?.text.flatMap(VersionNumber.init),
      let current = VersionNumber(own), current < oldest
    {
      throw CommandError(
        .refused, "this controller wants aspen \(oldest) or newer; update aspen")
    }
  }
}
