import ArgumentParser
import AspenClient
import AspenModel

/// `aspen cordon WORKER …`
struct CordonCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "cordon",
    abstract: "Keep new streams away from workers; those that they have stay.")

  @Argument(
    help: ArgumentHelp("The workers' names.", valueName: "worker"),
    completion: .names(of: "workers"))
  var workers: [String]

  @OptionGroup var options: ControllerOptions

  func run(in context: CommandContext) async throws {
    try await Session.run(options, in: context) { session in
      try await session.patchWorkers(workers, spec: ["cordoned": true], done: "cordoned")
    }
  }
}

extension Session {
  /// Changes workers one after the other and stops at the first that fails. What they were before
  /// does not matter, so any version will do.
  func patchWorkers(_ names: [String], spec: JSONValue, done: String) async throws {
    for name in names {
      let answer = try await client.call(
        "PATCH", ControllerClient.path(of: .worker, name), body: ["spec": spec], ifMatch: "*")
      print(done: "worker \(name) \(done)", answer.body ?? .null)
    }
  }
}
