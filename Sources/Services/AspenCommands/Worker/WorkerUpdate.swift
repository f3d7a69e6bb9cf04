import ArgumentParser
import AspenAPI
import AspenClient
import AspenModel

/// `aspen worker update NAME`
struct WorkerUpdate: Command {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a worker's labels, or keep new streams away from it.")

  @Argument(help: "The worker's name.") var name: String

  @Option(help: ArgumentHelp("Labels: site=yard sets, floor- removes.", valueName: "labels"))
  var labels: LabelChanges?

  @Flag(help: "Place no new streams on it.") var cordon = false
  @Flag(help: "Place streams on it again.") var uncordon = false
  @OptionGroup var options: ControllerOptions

  func validate() throws {
    if cordon, uncordon {
      throw ArgumentParser.ValidationError("--cordon and --uncordon exclude each other.")
    }
    if !cordon, !uncordon, labels == nil {
      throw ArgumentParser.ValidationError("Name something to change.")
    }
  }

  func run(in context: CommandContext) async throws {
    let body = JSONValue.object(compacting: [
      ("labels", labels?.patch),
      ("spec", cordon || uncordon ? ["cordoned": .bool(cordon)] : nil),
    ])
    try await Session.run(options, in: context) { session in
      let updated = try await session.client.resource(
        APIOperations.workerUpdate, name, body: body)
      session.print(done: "worker \(name) updated", updated)
    }
  }
}
