import ArgumentParser
import AspenClient
import AspenModel

/// `aspen drain WORKER`
struct DrainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Move a worker's streams to others and keep new ones away from it.",
    discussion: "'aspen uncordon WORKER' lets it take streams again.")

  @Argument(help: "The worker's name.", completion: .names(of: "workers")) var worker: String
  @Flag(help: "Wait until its streams have moved.") var wait = false

  @Option(help: ArgumentHelp("The longest wait: 60s, 5m.", valueName: "span"))
  var timeout = SpanArgument(seconds: 600)

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      let begun = try await session.client.sendOnce(
        ControllerClient.path(of: .worker, worker, "drain"), body: .object([]))
      let operation = try session.report(begun, OperationProgress.init)
      guard wait else {
        let words = "worker \(worker) drains: operation \(operation.name) \(operation.words)"
        return session.print(done: TerminalText.line(words), begun)
      }
      let finished = try await session.finish(operation, timeout: timeout)
      session.print(done: "worker \(worker) drained", finished)
    }
  }
}
