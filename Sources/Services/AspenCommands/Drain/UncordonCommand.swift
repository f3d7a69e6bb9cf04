import ArgumentParser
import AspenModel

/// `aspen uncordon WORKER …`
struct UncordonCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "uncordon",
    abstract: "Let workers take streams again; a drain of theirs ends too.")

  @Argument(
    help: ArgumentHelp("The workers' names.", valueName: "worker"),
    completion: .names(of: "workers"))
  var workers: [String]

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      try await session.patchWorkers(
        workers, spec: ["cordoned": false, "draining": false], done: "takes streams again")
    }
  }
}
